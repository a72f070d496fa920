package dev.millrace.dev;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.dev.RegistryStore.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

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
    var texts = new ArrayList<String>();
    for (var reference : json) {
      var subject = reference.path("subject").asText();
      int wanted = reference.path("version").asInt();
      var versions = RegistryStore.versions(connection, subject);
      var found = versions.stream()
          .filter(version -> version.version() == (wanted == -1 ? versions.getLast().version() : wanted))
          .findFirst().orElseThrow(() -> RegistryError
              .invalidSchema("it refers to version " + wanted + " of '" + subject + "', which is not there",
                  null));
      add(connection, found, texts);
    }
    return texts;
  }

  private static void add(Connection connection, Version version, List<String> texts) throws SQLException {
    for (var text : version.references().texts(connection)) {
      if (!texts.contains(text))
        texts.add(text);
    }
    if (!texts.contains(version.text()))
      texts.add(version.text());
  }
}
