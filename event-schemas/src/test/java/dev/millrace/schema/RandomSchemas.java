package dev.millrace.schema;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;

/** Makes schemas of events at random, and random ones that may follow them, as JSON. */
final class RandomSchemas {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<Logical> LOGICAL = List.of(new Logical("int", "date"),
      new Logical("int", "time-millis"),
      new Logical("long", "time-micros"), new Logical("long", "timestamp-millis"),
      new Logical("long", "timestamp-micros"), new Logical("long", "local-timestamp-millis"),
      new Logical("long", "local-timestamp-micros"), new Logical("string", "uuid"),
      new Logical("bytes", "decimal"));

  private record Logical(String primitive, String name) {}

  private final Random random;
  private int names;

  RandomSchemas(Random random) {
    this.random = random;
  }

  static Schema parse(JsonNode json) {
    return new Schema.Parser().parse(json.toString());
  }

  ObjectNode event() {
    var event = record(3);
    event.put("stream", "s").put("key", "key").put("owner", "o");
    ((ArrayNode) event.get("fields")).insertObject(random.nextInt(event.get("fields").size() + 1))
        .put("name", "key")
        .put("type", "string");
    return event;
  }

  private ObjectNode record(int depth) {
    var record = JSON.objectNode().put("type", "record").put("name", "test.R" + names++);
    var fields = record.putArray("fields");
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      fields.addObject().put("name", "f" + names++).set("type", type(depth, record));
    }
    return record;
  }

  private JsonNode type(int depth, ObjectNode within) {
    return switch (random.nextInt(depth > 0 ? 11 : 5)) {
      case 0, 1 -> primitive();
      case 2 -> logical();
      case 3 -> enumeration();
      case 4 -> fixed();
      case 5, 6 -> JSON.objectNode().put("type", "array").set("items", type(depth - 1, within));
      case 7 -> JSON.objectNode().put("type", "map").set("values", type(depth - 1, within));
      case 8 -> JSON.arrayNode().add("null").add(notUnion(depth - 1, within));
      case 9 -> union(depth - 1);
      default -> random.nextInt(3) == 0
          ? JSON.arrayNode().add("null").add(within.get("name").asText())
          : record(depth - 1);
    };
  }

  private JsonNode notUnion(int depth, ObjectNode within) {
    while (true) {
      var type = type(depth, within);
      if (!type.isArray() && !type.asText().equals("null"))
        return type;
    }
  }

  private JsonNode primitive() {
    return JSON.textNode(List.of("boolean", "int", "long", "float", "double", "string", "bytes", "null")
        .get(random.nextInt(8)));
  }

  private JsonNode logical() {
    var choice = LOGICAL.get(random.nextInt(LOGICAL.size()));
    var type = JSON.objectNode().put("type", choice.primitive).put("logicalType", choice.name);
    return choice.name.equals("decimal") ? type.put("precision", 20).put("scale", random.nextInt(5)) : type;
  }

  private JsonNode enumeration() {
    var type = JSON.objectNode().put("type", "enum").put("name", "test.E" + names++);
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      type.withArray("symbols").add("S" + i);
    }
    return type;
  }

  private JsonNode fixed() {
    var type = JSON.objectNode().put("type", "fixed").put("name", "test.F" + names++);
    return switch (random.nextInt(3)) {
      case 0 -> type.put("size", 16).put("logicalType", "uuid");
      case 1 -> type.put("size", 10).put("logicalType", "decimal").put("precision", 20).put("scale", 2);
      default -> type.put("size", random.nextInt(5));
    };
  }

  private JsonNode union(int depth) {
    var branches = new ArrayList<JsonNode>(
        List.of(JSON.textNode("null"), JSON.textNode("boolean"), JSON.textNode("int"),
            JSON.textNode("string"), JSON.textNode("double"), JSON.textNode("bytes"), enumeration(),
            record(depth)));
    branches.add(JSON.objectNode().put("type", "long").put("logicalType", "timestamp-micros"));
    Collections.shuffle(branches, random);
    var union = JSON.arrayNode();
    branches.subList(0, 2 + random.nextInt(4)).forEach(union::add);
    return union;
  }

  /** A schema that may follow: fields added, dropped, renamed and moved, types widened, symbols added. */
  ObjectNode following(ObjectNode event) {
    var next = event.deepCopy();
    evolve(next);
    return next;
  }

  /** A schema that may not follow: the same, with one of its types replaced by any other, or a field without a default. */
  ObjectNode changed(ObjectNode event) {
    var next = event.deepCopy();
    var records = new ArrayList<ObjectNode>();
    collect(next, records);
    var record = records.get(random.nextInt(records.size()));
    var fields = (ArrayNode) record.get("fields");
    var field = fields.isEmpty() ? null : (ObjectNode) fields.get(random.nextInt(fields.size()));
    if (field == null || field.get("name").asText().equals("key") || defines(field) || random.nextInt(4) == 0)
      fields.addObject().put("name", "n" + names++).set("type", type(1, record));
    else
      field.set("type", sometimesNullable(notUnion(1, record)));
    return next;
  }

  private JsonNode sometimesNullable(JsonNode type) {
    return random.nextInt(3) == 0 ? JSON.arrayNode().add("null").add(type) : type;
  }

  private static void collect(JsonNode type, List<ObjectNode> records) {
    if (type instanceof ObjectNode object && object.path("type").asText().equals("record"))
      records.add(object);
    type.forEach(child -> collect(child, records));
  }

  private JsonNode evolve(JsonNode type) {
    if (type instanceof ArrayNode union) {
      for (int i = 0; i < union.size(); i++) {
        if (union.get(i) instanceof ObjectNode branch)
          evolve(branch);
      }
      return union;
    }
    if (type instanceof ObjectNode object) {
      switch (object.get("type").asText()) {
        case "record" -> evolveFields(object);
        case "array" -> object.set("items", evolve(object.get("items")));
        case "map" -> object.set("values", evolve(object.get("values")));
        case "enum" -> {
          if (random.nextInt(3) == 0)
            object.withArray("symbols").insert(0, "NEW" + names++);
        }
        default -> {
        }
      }
      return object;
    }
    return random.nextInt(3) == 0 ? widened(type) : type;
  }

  private JsonNode widened(JsonNode type) {
    return switch (type.asText()) {
      case "int" -> JSON.textNode(List.of("long", "float", "double").get(random.nextInt(3)));
      case "long" -> JSON.textNode(List.of("float", "double").get(random.nextInt(2)));
      case "float" -> JSON.textNode("double");
      case "string" ->
        random.nextBoolean() ? JSON.textNode("bytes") : JSON.arrayNode().add("null").add("string");
      case "boolean" -> JSON.arrayNode().add("boolean").add("string");
      default -> type;
    };
  }

  private void evolveFields(ObjectNode record) {
    var fields = new ArrayList<JsonNode>();
    record.get("fields").forEach(field -> {
      boolean key = field.get("name").asText().equals("key");
      if (!key && random.nextInt(6) == 0 && !defines(field))
        return;
      if (!key) {
        ((ObjectNode) field).set("type", evolve(field.get("type")));
      }
      if (!key && random.nextInt(6) == 0) {
        ((ObjectNode) field).putArray("aliases").add(field.get("name").asText());
        ((ObjectNode) field).put("name", "g" + names++);
      }
      fields.add(field);
    });
    while (random.nextInt(3) > 0) {
      fields.add(added());
    }
    if (!record.toString().contains("\"null\",\"test.")) { // the order in which types are defined and named must stay
      Collections.shuffle(fields, random);
    }
    ((ArrayNode) record.get("fields")).removeAll().addAll(fields);
  }

  /** A dropped field must not take a type away that a later one names. */
  private static boolean defines(JsonNode field) {
    return field.get("type").toString().contains("\"name\"");
  }

  private ObjectNode added() {
    var field = JSON.objectNode().put("name", "n" + names++);
    var choice = List.of("{\"type\": \"int\", \"default\": 7}", "{\"type\": \"string\", \"default\": \"ü\"}",
        "{\"type\": [\"null\", \"long\"], \"default\": null}",
        "{\"type\": {\"type\": \"array\", \"items\": \"double\"}, \"default\": [1.5, 2]}",
        "{\"type\": {\"type\": \"map\", \"values\": \"boolean\"}, \"default\": {\"a\": true}}",
        "{\"type\": {\"type\": \"long\", \"logicalType\": \"timestamp-millis\"}, \"default\": 1}",
        "{\"type\": {\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": 9, \"scale\": 2}, \"default\": \"\\u00ff\"}");
    try {
      return field
          .setAll((ObjectNode) new ObjectMapper().readTree(choice.get(random.nextInt(choice.size()))));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
