package dev.millrace.dev;

import dev.millrace.dev.RegistryStore.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * The endpoints of Confluent's REST protocol that clients and serdes use, over the store. What they answer is written as
 * JSON; a {@link Raw} as it is.
 */
final class RegistryApi {
  /** JSON that is written already. */
  record Raw(String json) {}

  private final RegistryStore store;

  RegistryApi(RegistryStore store) {
    this.store = store;
  }

  RegistryRoutes routes() {
    return new RegistryRoutes()
        .on("GET", "/", request -> store.read(connection -> Map.of()))
        .on("POST", "/", request -> Map.of())
        .on("GET", "/schemas/types", request -> List.of("AVRO"))
        .on("GET", "/schemas/ids/{}", this::byId)
        .on("GET", "/schemas/ids/{}/schema", request -> new Raw(text(request.id())))
        .on("GET", "/schemas/ids/{}/subjects", this::subjectsOf)
        .on("GET", "/schemas/ids/{}/versions", this::versionsOf)
        .on("GET", "/subjects", this::subjects)
        .on("POST", "/subjects/{}", this::lookup)
        .on("GET", "/subjects/{}/versions", this::versions)
        .on("POST", "/subjects/{}/versions", this::register)
        .on("GET", "/subjects/{}/versions/{}", request -> described(version(request)))
        .on("GET", "/subjects/{}/versions/{}/schema", request -> new Raw(version(request).text()))
        .on("POST", "/compatibility/subjects/{}/versions", this::compatibleWithAll)
        .on("POST", "/compatibility/subjects/{}/versions/{}", this::compatibleWithOne)
        .on("GET", "/config",
            request -> level(store.read(c -> RegistryStore.effectiveRule(c, RegistryStore.GLOBAL))))
        .on("PUT", "/config", request -> setRule(RegistryStore.GLOBAL, request))
        .on("DELETE", "/config", request -> removeGlobalRule())
        .on("GET", "/config/{}", this::rule)
        .on("PUT", "/config/{}", request -> setRule(request.subject(), request))
        .on("DELETE", "/config/{}", this::removeRule);
  }

  private Object byId(RegistryRequest request) {
    return store.read(connection -> {
      var answer = new LinkedHashMap<String, Object>();
      answer.put("schema",
          RegistryStore.text(connection, request.id()).orElseThrow(() -> unknown(request.id())));
      if (request.asks("fetchMaxId")) {
        answer.put("maxId", RegistryStore.lastId(connection));
      }
      return answer;
    });
  }

  private String text(int id) {
    return store.read(connection -> RegistryStore.text(connection, id)).orElseThrow(() -> unknown(id));
  }

  private static RegistryError unknown(int id) {
    return RegistryError.noSchema(Integer.toString(id));
  }

  private Object subjectsOf(RegistryRequest request) {
    return uses(request.id()).stream().map(Version::subject).distinct().toList();
  }

  private Object versionsOf(RegistryRequest request) {
    return uses(request.id()).stream().map(use -> ordered("subject", use.subject(), "version", use.version()))
        .toList();
  }

  private List<Version> uses(int id) {
    var uses = store.read(connection -> RegistryStore.uses(connection, id));
    if (uses.isEmpty()) {
      throw unknown(id);
    }
    return uses;
  }

  private Object subjects(RegistryRequest request) {
    int limit = request.number("limit", -1);
    var prefix = request.query().getOrDefault("subjectPrefix", "");
    return store.read(RegistryStore::subjects).stream().filter(subject -> subject.startsWith(prefix))
        .skip(Math.max(0, request.number("offset", 0))).limit(limit < 0 ? Long.MAX_VALUE : limit).toList();
  }

  private Object lookup(RegistryRequest request) {
    var schema = RegistryRequest.schema(request.json());
    return store.read(connection -> {
      var found = RegistryStore.lookup(connection, request.subject(), schema.fingerprint());
      if (found.isEmpty() && RegistryStore.versions(connection, request.subject()).isEmpty()) {
        throw RegistryError.noSubject(request.subject());
      }
      return described(found.orElseThrow(() -> new RegistryError(40403, "Schema not found")));
    });
  }

  private Object versions(RegistryRequest request) {
    var versions = store.read(connection -> RegistryStore.versions(connection, request.subject()));
    if (versions.isEmpty()) {
      throw RegistryError.noSubject(request.subject());
    }
    return versions.stream().map(Version::version).toList();
  }

  private Object register(RegistryRequest request) {
    var subject = request.subject();
    var schema = request.schema();
    // Most registrations repeat one: those need no lock.
    var known = store.read(connection -> RegistryStore.lookup(connection, subject, schema.fingerprint()));
    int id = known.map(Version::id).orElseGet(() -> store.change(connection -> {
      var meanwhile = RegistryStore.lookup(connection, subject, schema.fingerprint());
      if (meanwhile.isPresent()) {
        return meanwhile.get().id();
      }
      requireCompatible(connection, subject, schema.schema());
      return RegistryStore.add(connection, subject, schema);
    }));
    return Map.of("id", id);
  }

  private static void requireCompatible(Connection connection, String subject, Schema schema)
      throws SQLException {
    var rule = RegistryStore.effectiveRule(connection, subject);
    var reasons = rule.violations(schema, schemas(RegistryStore.versions(connection, subject)));
    if (!reasons.isEmpty()) {
      throw new RegistryError(409,
          "Schema being registered is incompatible with an earlier schema for subject \""
              + subject + "\", details: " + messages(reasons, rule));
    }
  }

  private Version version(RegistryRequest request) {
    var wanted = request.version();
    var versions = store.read(connection -> RegistryStore.versions(connection, request.subject()));
    if (versions.isEmpty()) {
      throw RegistryError.noSubject(request.subject());
    }
    return find(versions, wanted).orElseThrow(() -> RegistryError.noVersion(wanted.orElseThrow()));
  }

  private static Optional<Version> find(List<Version> versions, Optional<Integer> wanted) {
    if (wanted.isEmpty()) {
      return versions.isEmpty() ? Optional.empty() : Optional.of(versions.getLast());
    }
    return versions.stream().filter(version -> version.version() == wanted.get()).findFirst();
  }

  private Object compatibleWithAll(RegistryRequest request) {
    return judge(request, store.read(connection -> RegistryStore.versions(connection, request.subject())));
  }

  private Object compatibleWithOne(RegistryRequest request) {
    var wanted = request.version();
    var versions = store.read(connection -> RegistryStore.versions(connection, request.subject()));
    var found = find(versions, wanted);
    if (found.isEmpty() && wanted.isPresent()) {
      throw RegistryError.noVersion(wanted.get());
    }
    return judge(request, found.map(List::of).orElse(List.of()));
  }

  private Object judge(RegistryRequest request, List<Version> earlier) {
    boolean verbose = request.asks("verbose");
    var answer = new LinkedHashMap<String, Object>();
    try {
      var schema = RegistryRequest.schema(request.json()).schema();
      var rule = store.read(connection -> RegistryStore.effectiveRule(connection, request.subject()));
      var reasons = rule.violations(schema, schemas(earlier));
      answer.put("is_compatible", reasons.isEmpty());
      if (verbose && !reasons.isEmpty()) {
        answer.put("messages", messages(reasons, rule));
      }
    } catch (RegistryError e) {
      if (!verbose || e.code() != 42201) {
        throw e;
      }
      answer.put("is_compatible", false);
      answer.put("messages", List.of(String.valueOf(e.getMessage())));
    }
    return answer;
  }

  private static List<String> messages(List<String> reasons, CompatibilityRule rule) {
    var messages = new ArrayList<>(reasons);
    messages.add("{validateFields: 'false', compatibility: '" + rule.name() + "'}");
    return messages;
  }

  private static List<Schema> schemas(List<Version> versions) {
    return versions.stream().map(version -> new Schema.Parser().parse(version.text())).toList();
  }

  private Object rule(RegistryRequest request) {
    return level(store.read(connection -> {
      if (request.asks("defaultToGlobal")) {
        return RegistryStore.effectiveRule(connection, request.subject());
      }
      return RegistryStore.rule(connection, request.subject()).orElseThrow(() -> noRule(request.subject()));
    }));
  }

  private Object setRule(String subject, RegistryRequest request) {
    var rule = CompatibilityRule.parse(request.json().path("compatibility").asText(""));
    store.change(connection -> {
      RegistryStore.setRule(connection, subject, rule);
      return rule;
    });
    return Map.of("compatibility", rule.name());
  }

  private Object removeGlobalRule() {
    return level(store.change(connection -> {
      var removed = RegistryStore.effectiveRule(connection, RegistryStore.GLOBAL);
      RegistryStore.removeRule(connection, RegistryStore.GLOBAL);
      return removed;
    }));
  }

  private Object removeRule(RegistryRequest request) {
    return level(store.change(connection -> {
      var removed = RegistryStore.rule(connection, request.subject())
          .orElseThrow(() -> noRule(request.subject()));
      RegistryStore.removeRule(connection, request.subject());
      return removed;
    }));
  }

  private static RegistryError noRule(String subject) {
    return new RegistryError(40408, "Subject '" + subject
        + "' does not have subject-level compatibility configured");
  }

  private static Object level(CompatibilityRule rule) {
    return Map.of("compatibilityLevel", rule.name());
  }

  private static Object described(Version version) {
    return ordered("subject", version.subject(), "version", version.version(), "id", version.id(), "schema",
        version.text());
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
