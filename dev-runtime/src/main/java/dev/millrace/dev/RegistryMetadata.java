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

  /** @throws RegistryError 42201 where it is no object */
  static RegistryMetadata of(JsonNode request) {
    if (request.isMissingNode() || request.isNull())
      return new RegistryMetadata(SORTED.createObjectNode());
    if (!request.isObject())
      throw RegistryError.invalidSchema("the metadata is no object", null);
    try {
      return new RegistryMetadata(SORTED.valueToTree(SORTED.treeToValue(request, Object.class)));
    } catch (JsonProcessingException e) {
      throw RegistryError.invalidSchema(String.valueOf(e.getMessage()), e);
    }
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
