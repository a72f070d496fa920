package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** JSON in and out. Numbers keep every digit that they came with. */
final class Json {
  private static final ObjectMapper MAPPER = JsonMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
      .build();

  private Json() {}

  static JsonNode read(byte[] text) throws IOException {
    return MAPPER.readTree(text);
  }

  static JsonNode read(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /**
   * A line that an instance answered with.
   *
   * @throws CliException BAD_ANSWER where it is no JSON
   */
  static JsonNode answered(String line) {
    try {
      return read(line);
    } catch (JsonProcessingException e) {
      throw new CliException(CliException.Code.BAD_ANSWER,
          "the instance answered with a line that is not JSON: " + Table.printable(line), e);
    }
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A document on many lines, for people. */
  static String pretty(String text) {
    try {
      return read(text).toPrettyString();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + text, e);
    }
  }

  /** On one line. */
  static String line(JsonNode node) {
    return node.toString();
  }
}
