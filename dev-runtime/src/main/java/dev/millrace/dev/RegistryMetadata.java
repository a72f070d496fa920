package dev.millrace.dev;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/**
 * What a team says of a schema beside its text: {@code properties}, {@code tags} and what of them is {@code sensitive}. With
 * other metadata a schema is another one.
 *
 * @param json as it is answered, the members of each object sorted; an object without members where nothing is said
 */
record RegistryMetadata(JsonNode json) {
  private static final ObjectMapper SORTED = JsonMapper.builder()
      .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  /** A property as a caller asks for it. */
  record Property(String key, String value) {}

  static RegistryMetadata parse(String json) {
    try {
      return new RegistryMetadata(SORTED.readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the store holds metadata that is no JSON", e);
    }
  }

  /**
   * Without what is null or empty, so that one thing has one way to be written.
   *
   * @throws RegistryError 42201 where it has other members, or they have other shapes
   */
  static RegistryMetadata of(JsonNode request) {
    var metadata = SORTED.createObjectNode();
    for (var member : request.properties()) {
      var value = member.getValue();
      boolean right = value.isNull() || switch (member.getKey()) {
        case "properties" -> value.isObject() && value.valueStream().allMatch(JsonNode::isTextual);
        case "tags" -> value.isObject() && value.valueStream().allMatch(RegistryMetadata::isTexts);
        case "sensitive" -> isTexts(value);
        default -> false;
      };
      if (!right)
        throw RegistryError.invalidSchema("its metadata has a member '" + member.getKey()
            + "' that is not known here: properties are texts, tags lists of texts, sensitive is a list of texts",
            null);
      if (!value.isNull() && !value.isEmpty())
        metadata.set(member.getKey(), value);
    }
    if (!request.isObject() && !request.isMissingNode() && !request.isNull())
      throw RegistryError.invalidSchema("its metadata is no object", null);
    try {
      return new RegistryMetadata(SORTED.valueToTree(SORTED.treeToValue(metadata, Object.class)));
    } catch (JsonProcessingException e) {
      throw RegistryError.invalidSchema(String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean isTexts(JsonNode value) {
    return value.isArray() && value.valueStream().allMatch(JsonNode::isTextual);
  }

  boolean isEmpty() {
    return json.isEmpty();
  }

  /** Whether it has all of these properties. */
  boolean has(List<Property> wanted) {
    return wanted.stream().allMatch(
        property -> json.path("properties").path(property.key).asText("").equals(property.value)
            && json.path("properties").has(property.key));
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
