package dev.millrace.dev;

import dev.millrace.dev.RegistryStore.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
    var routes = new RegistryRoutes();
    new RegistrySchemas(store).on(routes);
    new RegistryRules(store).on(routes);
    new RegistryModes(store).on(routes);
    new RegistryDeletes(store).on(routes);
    return routes
        .on("GET", "/", request -> store.read(connection -> Map.of()))
        .on("POST", "/", request -> Map.of())
        .on("GET", "/v1/metadata/id", request -> ordered("scope",
            ordered("path", List.of(), "clusters", Map.of("schema-registry-cluster", "millrace")), "id", ""))
        .on("GET", "/v1/metadata/version", request -> Map.of("version", "7.9.0", "commitId", "millrace"))
        .on("GET", "/subjects", this::subjects)
        .on("POST", "/subjects/{}", this::lookup)
        .on("GET", "/subjects/{}/metadata", this::latestWith)
        .on("GET", "/subjects/{}/versions", this::versions)
        .on("POST", "/subjects/{}/versions", this::register)
        .on("GET", "/subjects/{}/versions/{}", request -> described(version(request)))
        .on("GET", "/subjects/{}/versions/{}/schema", request -> new Raw(version(request).text()))
        .on("GET", "/subjects/{}/versions/{}/referencedby", this::referencedBy)
        .on("POST", "/compatibility/subjects/{}/versions", this::compatibleWithAll)
        .on("POST", "/compatibility/subjects/{}/versions/{}", this::compatibleWithOne);
  }

  /** Those that are not deleted; with {@code deleted} all, with {@code deletedOnly} the others. */
  static List<Version> wanted(List<Version> versions, RegistryRequest request) {
    if (request.asks("deletedOnly"))
      return versions.stream().filter(Version::deleted).toList();
    return request.asks("deleted")
        ? versions
        : versions.stream().filter(version -> !version.deleted()).toList();
  }

  private Object subjects(RegistryRequest request) {
    var all = store.read(RegistryStore::all);
    var active = all.stream().filter(version -> !version.deleted()).map(Version::subject).distinct().toList();
    var subjects = wanted(all, request).stream().map(Version::subject).distinct()
        .filter(subject -> !request.asks("deletedOnly") || !active.contains(subject));
    return page(subjects.filter(subject -> subject.startsWith(prefix(request))), request);
  }

  static String prefix(RegistryRequest request) {
    return request.parameter("subjectPrefix", "");
  }

  static <T> List<T> page(Stream<T> all, RegistryRequest request) {
    int limit = request.number("limit", -1);
    return all.skip(Math.max(0, request.number("offset", 0))).limit(limit < 0 ? Long.MAX_VALUE : limit)
        .toList();
  }

  private Object lookup(RegistryRequest request) {
    var json = request.json();
    return store.read(connection -> {
      var schema = RegistryRequest.schema(json, connection);
      boolean deleted = request.asks("deleted");
      var found = RegistryStore.lookup(connection, request.subject(), schema.fingerprint(), deleted);
      if (found.isEmpty()
          && wanted(RegistryStore.allVersions(connection, request.subject()), request).isEmpty()) {
        throw RegistryError.noSubject(request.subject());
      }
      return described(found.orElseThrow(() -> new RegistryError(40403, "Schema not found")));
    });
  }

  /** The newest version whose metadata has the properties that are asked for. */
  private Object latestWith(RegistryRequest request) {
    var wanted = request.properties();
    return described(
        found(request).reversed().stream().filter(version -> version.metadata().has(wanted)).findFirst()
            .orElseThrow(() -> new RegistryError(40401,
                "Subject '" + request.subject() + "' has no version with these properties")));
  }

  private Object versions(RegistryRequest request) {
    return found(request).stream().map(Version::version).toList();
  }

  private List<Version> found(RegistryRequest request) {
    var versions = wanted(store.read(connection -> RegistryStore.allVersions(connection, request.subject())),
        request);
    if (versions.isEmpty()) {
      throw RegistryError.noSubject(request.subject());
    }
    return versions;
  }

  private Object register(RegistryRequest request) {
    var subject = request.subject();
    var json = request.json();
    var schema = store.read(connection -> RegistryRequest.schema(json, connection));
    int asked = json.path("id").asInt(0);
    // Most registrations repeat one: those need no lock.
    var known = store
        .read(connection -> RegistryStore.lookup(connection, subject, schema.fingerprint(), false));
    if (known.isPresent() && (asked <= 0 || asked == known.get().id()))
      return Map.of("id", known.get().id());
    return Map.of("id", store.change(connection -> {
      var mode = RegistryStore.effectiveMode(connection, subject);
      mode.requireWritable(subject);
      if (asked > 0 && mode != RegistryMode.IMPORT)
        throw new RegistryError(42205, "Subject " + subject + " is not in import mode");
      if (mode == RegistryMode.IMPORT && asked > 0)
        return imported(connection, subject, schema, asked, json.path("version").asInt(0));
      return added(connection, subject, schema);
    }));
  }

  private static int added(Connection connection, String subject, RegistrySchema schema) throws SQLException {
    var meanwhile = RegistryStore.lookup(connection, subject, schema.fingerprint(), false);
    if (meanwhile.isPresent())
      return meanwhile.get().id();
    requireCompatible(connection, subject, schema.schema());
    return RegistryStore.add(connection, subject, schema);
  }

  /** As it was elsewhere: nothing is held against anything. */
  private static int imported(Connection connection, String subject, RegistrySchema schema, int id,
      int version)
      throws SQLException {
    var meanwhile = RegistryStore.lookup(connection, subject, schema.fingerprint(), false);
    return meanwhile.isPresent() && meanwhile.get().id() == id
        ? id
        : RegistryStore.addAs(connection, subject, schema, id, version);
  }

  private static void requireCompatible(Connection connection, String subject, Schema schema)
      throws SQLException {
    var rule = RegistryStore.effectiveRule(connection, subject);
    var reasons = rule.violations(schema, schemas(connection, RegistryStore.versions(connection, subject)));
    if (!reasons.isEmpty()) {
      throw new RegistryError(409,
          "Schema being registered is incompatible with an earlier schema for subject \""
              + subject + "\", details: " + messages(reasons, rule));
    }
  }

  private Version version(RegistryRequest request) {
    var wanted = request.version();
    return find(found(request), wanted).orElseThrow(() -> RegistryError.noVersion(wanted.orElseThrow()));
  }

  private Object referencedBy(RegistryRequest request) {
    var version = version(request);
    return store
        .read(connection -> RegistryStore.referencing(connection, version.subject(), version.version()));
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
      var json = request.json();
      var schema = store.read(connection -> RegistryRequest.schema(json, connection)).schema();
      var rule = store.read(connection -> RegistryStore.effectiveRule(connection, request.subject()));
      var reasons = rule.violations(schema, store.read(connection -> schemas(connection, earlier)));
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

  private static List<Schema> schemas(Connection connection, List<Version> versions) throws SQLException {
    var schemas = new ArrayList<Schema>();
    for (var version : versions)
      schemas.add(RegistrySchema.parsed(version.text(), version.references().texts(connection)));
    return schemas;
  }

  static Object described(Version version) {
    var described = ordered("subject", version.subject(), "version", version.version(), "id", version.id(),
        "schema",
        version.text());
    if (!version.references().isEmpty())
      described.put("references", version.references().json());
    if (!version.metadata().isEmpty())
      described.put("metadata", version.metadata().json());
    return described;
  }

  static Map<String, Object> ordered(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
