package dev.millrace.dev;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** The endpoints of modes. */
final class RegistryModes {
  private final RegistryStore store;

  RegistryModes(RegistryStore store) {
    this.store = store;
  }

  void on(RegistryRoutes routes) {
    routes
        .on("GET", "/mode",
            request -> answer(store.read(c -> RegistryStore.effectiveMode(c, RegistryStore.GLOBAL))))
        .on("PUT", "/mode", request -> set(RegistryStore.GLOBAL, request))
        .on("DELETE", "/mode", request -> remove(RegistryStore.GLOBAL))
        .on("GET", "/mode/{}", this::mode)
        .on("PUT", "/mode/{}", request -> set(request.subject(), request))
        .on("DELETE", "/mode/{}", request -> remove(request.subject()));
  }

  private Object mode(RegistryRequest request) {
    return answer(store.read(connection -> {
      var subject = request.subject();
      if (request.asks("defaultToGlobal"))
        return RegistryStore.effectiveMode(connection, subject);
      return RegistryStore.mode(connection, subject).orElseThrow(() -> noMode(subject));
    }));
  }

  private Object set(String subject, RegistryRequest request) {
    var mode = RegistryMode.parse(request.json().path("mode").asText(""));
    return answer(store.change(connection -> {
      if (mode == RegistryMode.IMPORT && !request.asks("force"))
        requireNothing(connection, subject);
      RegistryStore.setMode(connection, subject, mode);
      return mode;
    }));
  }

  /** What is imported keeps its ids: they might be taken where there is something already. */
  private static void requireNothing(Connection connection, String subject) throws SQLException {
    boolean any = subject.equals(RegistryStore.GLOBAL)
        ? RegistryStore.all(connection).stream().anyMatch(version -> !version.deleted())
        : !RegistryStore.versions(connection, subject).isEmpty();
    if (any)
      throw new RegistryError(42205, "Cannot import since found existing subjects");
  }

  private Object remove(String subject) {
    return answer(store.change(connection -> {
      var removed = RegistryStore.mode(connection, subject);
      if (removed.isEmpty() && !subject.equals(RegistryStore.GLOBAL))
        throw noMode(subject);
      RegistryStore.removeMode(connection, subject);
      return removed.orElse(RegistryMode.READWRITE);
    }));
  }

  private static RegistryError noMode(String subject) {
    return new RegistryError(40409, "Subject '" + subject + "' does not have subject-level mode configured");
  }

  private static Object answer(RegistryMode mode) {
    return Map.of("mode", mode.name());
  }
}
