package dev.millrace.dev;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.dev.RegistryStore.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a schema refers to: types that stand under other subjects.
 *
 * @param json as it is answered: an array of objects with {@code name}, {@code subject} and {@code version}
 */
record RegistryReferences(JsonNode json) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static RegistryReferences parse(String json) {
    try {
      return new RegistryReferences(JSON.readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the store holds references that are no JSON", e);
    }
  }

  /** @throws RegistryError 42201 where one of them lacks its subject or its version */
  static RegistryReferences of(JsonNode request) {
    var references = JSON.createArrayNode();
    for (var reference : request) {
      if (!reference.path("subject").isTextual() || !reference.path("version").isInt())
        throw RegistryError.invalidSchema("a reference has a \"name\", a \"subject\" and a \"version\"",
            null);
      references.addObject().put("name", reference.path("name").asText(""))
          .put("subject", reference.path("subject").textValue())
          .put("version", reference.path("version").intValue());
    }
    return new RegistryReferences(references);
  }

  boolean isEmpty() {
    return json.isEmpty();
  }

  /** Whether one of them is this version. */
  boolean contain(String subject, int version) {
    for (var reference : json) {
      if (reference.path("subject").asText().equals(subject) && reference.path("version").asInt() == version)
        return true;
    }
    return false;
  }

  /**
   * The texts of what they refer to, each after those that it refers to itself.
   *
   * @throws RegistryError 42201 where one of them is not there
   */
  List<String> texts(Connection connection) throws SQLException {
    var texts = new LinkedHashMap<String, String>();
    add(connection, texts);
    return texts.values().stream().distinct().toList();
  }

  /** @param texts by subject and version: what is met again is not followed again */
  private void add(Connection connection, Map<String, String> texts) throws SQLException {
    for (var reference : json) {
      var found = find(connection, reference.path("subject").asText(), reference.path("version").asInt());
      var place = found.version() + " " + found.subject();
      if (texts.containsKey(place))
        continue;
      found.references().add(connection, texts);
      texts.put(place, found.text());
    }
  }

  private static Version find(Connection connection, String subject, int wanted) throws SQLException {
    var versions = RegistryStore.versions(connection, subject);
    return versions.stream()
        .filter(version -> version.version() == (wanted == -1 ? versions.getLast().version() : wanted))
        .findFirst()
        .orElseThrow(() -> RegistryError
            .invalidSchema("it refers to version " + wanted + " of '" + subject + "', which is not there",
                null));
  }
}
