package dev.millrace.dev;

import static dev.millrace.dev.RegistryApi.ordered;

import dev.millrace.dev.RegistryApi.Raw;
import dev.millrace.dev.RegistryStore.Known;
import dev.millrace.dev.RegistryStore.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The endpoints of schemas, whatever subjects hold them. */
final class RegistrySchemas {
  private final RegistryStore store;

  RegistrySchemas(RegistryStore store) {
    this.store = store;
  }

  void on(RegistryRoutes routes) {
    routes.on("GET", "/schemas/types", request -> List.of("AVRO"))
        .on("GET", "/schemas/ids/{}", this::byId)
        .on("GET", "/schemas/ids/{}/schema",
            request -> new Raw(store.read(connection -> known(connection, request.id()))
                .text()))
        .on("GET", "/schemas/ids/{}/subjects", this::subjectsOf)
        .on("GET", "/schemas/ids/{}/versions", this::versionsOf)
        .on("GET", "/schemas/guids/{}", this::byGuid)
        .on("GET", "/schemas/guids/{}/ids", this::idsOf)
        .on("GET", "/schemas", this::all)
        .on("GET", "/contexts", this::contexts);
  }

  private Object byId(RegistryRequest request) {
    return store.read(connection -> described(connection, request, known(connection, request.id())));
  }

  private Object byGuid(RegistryRequest request) {
    return store.read(connection -> {
      var answer = described(connection, request, known(connection, request));
      answer.put("guid", request.guid().toString());
      return answer;
    });
  }

  private static Map<String, Object> described(Connection connection, RegistryRequest request,
      Known known)
      throws SQLException {
    var answer = new LinkedHashMap<String, Object>();
    answer.put("schema", known.text());
    if (!known.references().isEmpty())
      answer.put("references", known.references().json());
    if (!known.metadata().isEmpty())
      answer.put("metadata", known.metadata().json());
    if (request.asks("fetchMaxId"))
      answer.put("maxId", RegistryStore.lastId(connection));
    return answer;
  }

  private static Known known(Connection connection, int id) throws SQLException {
    return RegistryStore.known(connection, id)
        .orElseThrow(() -> RegistryError.noSchema(Integer.toString(id)));
  }

  private static Known known(Connection connection, RegistryRequest request) throws SQLException {
    return RegistryStore.known(connection, request.guid())
        .orElseThrow(() -> RegistryError.noSchema(request.guid().toString()));
  }

  /** The id that a schema has in each context that holds it: the same, as all contexts share one space of ids. */
  private Object idsOf(RegistryRequest request) {
    return store.read(connection -> {
      int id = known(connection, request).id();
      return RegistryStore.uses(connection, id).stream().map(use -> context(use.subject())).distinct()
          .sorted()
          .map(context -> ordered("context", context, "id", id)).toList();
    });
  }

  private Object subjectsOf(RegistryRequest request) {
    return uses(request).stream().map(Version::subject).distinct().toList();
  }

  private Object versionsOf(RegistryRequest request) {
    return uses(request).stream().map(use -> ordered("subject", use.subject(), "version", use.version()))
        .toList();
  }

  private List<Version> uses(RegistryRequest request) {
    var uses = store.read(connection -> RegistryStore.uses(connection, request.id()));
    if (uses.isEmpty())
      throw RegistryError.noSchema(Integer.toString(request.id()));
    return RegistryApi.wanted(uses, request);
  }

  private Object all(RegistryRequest request) {
    var versions = RegistryApi.wanted(store.read(RegistryStore::all), request).stream()
        .filter(version -> version.subject().startsWith(RegistryApi.prefix(request))).toList();
    var latest = new LinkedHashMap<String, Version>();
    versions.forEach(version -> latest.put(version.subject(), version));
    var chosen = request.asks("latestOnly") ? latest.values().stream() : versions.stream();
    return RegistryApi.page(chosen.map(RegistryApi::described), request);
  }

  /** The contexts that subjects are in. */
  private Object contexts(RegistryRequest request) {
    return Stream.concat(Stream.of("."),
        store.read(RegistryStore::all).stream().map(version -> context(version.subject()))).distinct()
        .toList();
  }

  /** A subject in a context is written {@code :.context:subject}; others are in the one that is named by a point. */
  private static String context(String subject) {
    return subject.startsWith(":.") && subject.indexOf(':', 1) > 0
        ? subject.substring(1, subject.indexOf(':', 1))
        : ".";
  }
}
