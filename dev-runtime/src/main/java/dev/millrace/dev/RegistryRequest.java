package dev.millrace.dev;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A request that found its route.
 *
 * @param path the decoded segments that stood where the route has a gap
 * @param query the decoded parameters, each with all its values
 */
record RegistryRequest(List<String> path, Map<String, List<String>> query, String body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The first gap, as the name of a subject. */
  String subject() {
    var subject = path.getFirst();
    if (subject.isBlank() || subject.codePoints().anyMatch(Character::isISOControl)) {
      throw new RegistryError(42208, "The specified subject '" + subject + "' is not a valid subject.");
    }
    return subject;
  }

  /** @throws RegistryError 40403 where the path has no GUID there */
  UUID guid() {
    try {
      return UUID.fromString(path.getFirst());
    } catch (IllegalArgumentException e) {
      throw RegistryError.noSchema(path.getFirst());
    }
  }

  /** A number in the path; a path with something else there does not exist. */
  int id() {
    try {
      return Integer.parseInt(path.getFirst());
    } catch (NumberFormatException e) {
      throw RegistryError.noSuchPath();
    }
  }

  /**
   * The second gap as a version, where there is one: of {@code latest} and {@code -1} there is none.
   *
   * @throws RegistryError 42202
   */
  Optional<Integer> version() {
    var text = path.get(1);
    if (text.equals("latest") || text.equals("-1")) {
      return Optional.empty();
    }
    try {
      int version = Integer.parseInt(text);
      if (version > 0) {
        return Optional.of(version);
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is no version.
    }
    throw RegistryError.invalidVersion(text);
  }

  boolean asks(String parameter) {
    return Boolean.parseBoolean(parameter(parameter, ""));
  }

  String parameter(String name, String otherwise) {
    return query.containsKey(name) ? query.get(name).getLast() : otherwise;
  }

  /** The properties that {@code key} and {@code value} ask for, pair by pair. */
  List<RegistryMetadata.Property> properties() {
    var keys = query.getOrDefault("key", List.of());
    var values = query.getOrDefault("value", List.of());
    var properties = new ArrayList<RegistryMetadata.Property>();
    for (int i = 0; i < Math.min(keys.size(), values.size()); i++)
      properties.add(new RegistryMetadata.Property(keys.get(i), values.get(i)));
    return properties;
  }

  int number(String name, int otherwise) {
    var text = parameter(name, "");
    try {
      return text.isEmpty() ? otherwise : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw RegistryError.noSuchPath();
    }
  }

  /** The body as a JSON object; members that are not known are passed over. */
  ObjectNode json() {
    try {
      JsonNode node = JSON.readTree(body);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new RegistryError(400, "The body is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new RegistryError(400, "The body is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The schema of a body.
   *
   * @param connection where what it refers to is found
   * @throws RegistryError 42201
   */
  static RegistrySchema schema(ObjectNode json, Connection connection) throws SQLException {
    var type = json.path("schemaType").asText("");
    if (!type.isEmpty() && !type.equals("AVRO") && !type.equals("null")) {
      throw RegistryError.invalidSchema("the type " + type + " is not known here, only AVRO", null);
    }
    if (!json.path("schema").isTextual()) {
      throw RegistryError.invalidSchema("the body has no text \"schema\"", null);
    }
    var references = RegistryReferences.of(json.path("references"));
    return RegistrySchema.parse(json.path("schema").textValue(), references,
        RegistryMetadata.of(json.path("metadata")), references.texts(connection));
  }
}
