package dev.millrace.schema;

import static dev.millrace.schema.SchemaException.Code.INCOMPATIBLE;
import static dev.millrace.schema.SchemaException.Code.REFUSED;
import static dev.millrace.schema.SchemaException.Code.UNKNOWN_SCHEMA;
import static dev.millrace.schema.SchemaException.Code.UNREADABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schema.RegistryHttp.Answer;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/** The client of a registry server. What it has learnt of ids and schemas it keeps. */
final class HttpRegistry implements SchemaRegistry {
  private static final int NO_SUBJECT = 40401;
  private static final int NO_VERSION = 40402;
  private static final int NO_SCHEMA = 40403;
  private static final int NO_SUBJECT_CONFIG = 40408;

  private final RegistryHttp http;
  private final Map<Integer, Schema> byId = new ConcurrentHashMap<>();
  private final Map<Key, Integer> ids = new ConcurrentHashMap<>();
  private final Map<Key, Registered> found = new ConcurrentHashMap<>();

  /** By the schema's text: two schemas that differ in nothing but a property of the contract are two. */
  private record Key(String subject, String schema) {}

  HttpRegistry(RegistryHttp http) {
    this.http = http;
  }

  @Override
  public int register(String subject, Schema schema) {
    var key = new Key(subject, schema.toString());
    var known = ids.get(key);
    if (known != null)
      return known;
    var answer = http.post("/subjects/" + encoded(subject) + "/versions", request(schema));
    if (answer.status() == 409) {
      throw new SchemaException(INCOMPATIBLE,
          "the registry at " + http.address() + " refused the schema of " + subject
              + ": " + answer.message());
    }
    int id = required(answer, "to register the schema of " + subject).path("id").intValue();
    ids.put(key, id);
    byId.putIfAbsent(id, schema);
    return id;
  }

  @Override
  public Schema byId(int id) {
    var known = byId.get(id);
    if (known != null)
      return known;
    var answer = http.get("/schemas/ids/" + id);
    if (answer.status() == 404 && answer.isOneOf(NO_SCHEMA)) {
      throw new SchemaException(UNKNOWN_SCHEMA, "the registry at " + http.address() + " has no schema " + id
          + ": was the payload written under another registry?");
    }
    var schema = schema(required(answer, "for schema " + id), "schema " + id);
    byId.put(id, schema);
    return schema;
  }

  @Override
  public Optional<Registered> lookup(String subject, Schema schema) {
    var key = new Key(subject, schema.toString());
    var known = found.get(key);
    if (known != null)
      return Optional.of(known);
    var answer = http.post("/subjects/" + encoded(subject), request(schema));
    if (answer.isOneOf(NO_SUBJECT, NO_SCHEMA))
      return Optional.empty();
    var body = required(answer, "to look up the schema of " + subject);
    var registered = new Registered(subject, body.path("version").intValue(), body.path("id").intValue(),
        schema);
    found.put(key, registered);
    ids.put(key, registered.id());
    return Optional.of(registered);
  }

  @Override
  public List<String> subjects() {
    return elements(required(http.get("/subjects"), "for its subjects")).map(JsonNode::asText).sorted()
        .toList();
  }

  @Override
  public List<Integer> versions(String subject) {
    var answer = http.get("/subjects/" + encoded(subject) + "/versions");
    if (answer.isOneOf(NO_SUBJECT))
      return List.of();
    return elements(required(answer, "for the versions of " + subject)).map(JsonNode::intValue).sorted()
        .toList();
  }

  @Override
  public Optional<Registered> version(String subject, int version) {
    var answer = http.get("/subjects/" + encoded(subject) + "/versions/" + version);
    if (answer.isOneOf(NO_SUBJECT, NO_VERSION))
      return Optional.empty();
    var what = "version " + version + " of " + subject;
    var body = required(answer, "for " + what);
    int id = body.path("id").intValue();
    var schema = byId.computeIfAbsent(id, _ -> schema(body, what));
    return Optional.of(new Registered(subject, version, id, schema));
  }

  @Override
  public List<String> incompatibilities(String subject, Schema schema) {
    var answer = http.post("/compatibility/subjects/" + encoded(subject) + "/versions/latest?verbose=true",
        request(schema));
    if (answer.isOneOf(NO_SUBJECT, NO_VERSION))
      return List.of();
    var body = required(answer, "to check the schema of " + subject);
    if (body.path("is_compatible").booleanValue())
      return List.of();
    var messages = elements(body.path("messages")).map(JsonNode::asText).toList();
    return messages.isEmpty() ? List.of("the registry gives no reason") : messages;
  }

  @Override
  public String compatibilityLevel(String subject) {
    var answer = http.get("/config/" + encoded(subject) + "?defaultToGlobal=true");
    if (answer.isOneOf(NO_SUBJECT, NO_SUBJECT_CONFIG)) {
      answer = http.get("/config");
    }
    return required(answer, "for the compatibility rule of " + subject).path("compatibilityLevel").asText();
  }

  @Override
  public void setCompatibilityLevel(String subject, String level) {
    var body = JsonNodeFactory.instance.objectNode().put("compatibility", level);
    required(http.put("/config/" + encoded(subject), body), "to set the compatibility rule of " + subject);
  }

  private JsonNode required(Answer answer, String request) {
    if (answer.status() / 100 == 2)
      return answer.body();
    throw new SchemaException(REFUSED, "the registry at " + http.address() + " was asked " + request
        + " and answered " + answer.status() + ": " + answer.message());
  }

  private Schema schema(JsonNode body, String what) {
    var type = body.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new SchemaException(UNREADABLE, what + " is of the type " + type + ", but an event's is AVRO");
    }
    try {
      // Names as other languages' clients allow them; what is registered is not ours to refuse.
      var parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
      Schema last = null;
      for (var text : texts(body)) {
        last = parser.parse(text);
      }
      if (last != null)
        return last;
    } catch (AvroRuntimeException e) {
      throw new SchemaException(UNREADABLE, what + " is no Avro schema: " + e.getMessage(), e);
    }
    throw new SchemaException(REFUSED, "the registry at " + http.address() + " gave no text for " + what);
  }

  /** The texts of the schemas that this one refers to, then its own. */
  private List<String> texts(JsonNode body) {
    var texts = new ArrayList<String>();
    for (var reference : body.path("references")) {
      var subject = reference.path("subject").asText();
      var path = "/subjects/" + encoded(subject) + "/versions/" + reference.path("version").intValue();
      texts(required(http.get(path), "for the reference to " + subject)).stream()
          .filter(text -> !texts.contains(text)).forEach(texts::add);
    }
    if (body.path("schema").isTextual()) {
      texts.add(body.path("schema").textValue());
    }
    return texts;
  }

  private static ObjectNode request(Schema schema) {
    return JsonNodeFactory.instance.objectNode().put("schema", schema.toString());
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, UTF_8).replace("+", "%20");
  }
}
