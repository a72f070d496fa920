package dev.millrace.dev;

import dev.millrace.dev.RegistryStore.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints that delete. The first time softly: what is deleted is still found by its id, so that events are read,
 * and by whoever asks for it. The second time, with {@code permanent}, it is gone.
 */
final class RegistryDeletes {
  private final RegistryStore store;

  RegistryDeletes(RegistryStore store) {
    this.store = store;
  }

  void on(RegistryRoutes routes) {
    routes.on("DELETE", "/subjects/{}", this::subject).on("DELETE", "/subjects/{}/versions/{}",
        this::version);
  }

  private Object subject(RegistryRequest request) {
    var subject = request.subject();
    return store.change(connection -> {
      RegistryStore.effectiveMode(connection, subject).requireWritable(subject);
      var all = RegistryStore.allVersions(connection, subject);
      var active = all.stream().filter(version -> !version.deleted()).toList();
      if (all.isEmpty())
        throw RegistryError.noSubject(subject);
      if (request.asks("permanent")) {
        if (!active.isEmpty())
          throw new RegistryError(40405,
              "Subject '" + subject + "' was not deleted first before being permanently deleted");
        for (var version : all)
          RegistryStore.remove(connection, version);
        return numbers(all);
      }
      if (active.isEmpty())
        throw new RegistryError(40404,
            "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
      for (var version : active)
        requireUnreferenced(connection, version);
      for (var version : active)
        RegistryStore.delete(connection, version);
      RegistryStore.removeRule(connection, subject);
      RegistryStore.removeMode(connection, subject);
      return numbers(active);
    });
  }

  private static List<Integer> numbers(List<Version> versions) {
    return versions.stream().map(Version::version).toList();
  }

  private Object version(RegistryRequest request) {
    var subject = request.subject();
    var wanted = request.version();
    return store.change(connection -> {
      RegistryStore.effectiveMode(connection, subject).requireWritable(subject);
      return version(connection, subject, wanted, request.asks("permanent")).version();
    });
  }

  private static Version version(Connection connection, String subject, Optional<Integer> wanted,
      boolean permanent)
      throws SQLException {
    var all = RegistryStore.allVersions(connection, subject);
    if (all.isEmpty() || (!permanent && all.stream().allMatch(Version::deleted)))
      throw RegistryError.noSubject(subject);
    var found = wanted.isPresent()
        ? all.stream().filter(version -> version.version() == wanted.get()).findFirst()
        : all.stream().filter(version -> version.deleted() == permanent).reduce((_, last) -> last);
    var version = found.orElseThrow(() -> RegistryError.noVersion(wanted.orElse(-1)));
    if (permanent) {
      if (!version.deleted())
        throw new RegistryError(40407, "Subject '" + subject + "' Version " + version.version()
            + " was not deleted first before being permanently deleted");
      RegistryStore.remove(connection, version);
    } else {
      if (version.deleted())
        throw new RegistryError(40406, "Subject '" + subject + "' Version " + version.version()
            + " was soft deleted. Set permanent=true to delete permanently");
      requireUnreferenced(connection, version);
      RegistryStore.delete(connection, version);
    }
    return version;
  }

  private static void requireUnreferenced(Connection connection, Version version) throws SQLException {
    if (!RegistryStore.referencing(connection, version.subject(), version.version()).isEmpty())
      throw new RegistryError(42206,
          "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject="
              + version.subject() + ",version=" + version.version() + "}.");
  }
}
