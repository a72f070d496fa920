package dev.millrace.dev;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;

/**
 * A schema, the text it is answered with, and what it is compared by. Two texts are one schema where they differ only in
 * space, in the order of an object's members, or in how a primitive type is written; every property and every word
 * of documentation counts.
 *
 * @param text as Avro writes it, with all properties
 * @param references what it refers to, whose types the text does not have
 * @param fingerprint SHA-256 of the text with the members of each object sorted, of the references and of the metadata, in
 *     hexadecimal
 */
record RegistrySchema(Schema schema, String text, RegistryReferences references, RegistryMetadata metadata,
    String fingerprint) {
  private static final ObjectMapper SORTED = JsonMapper.builder()
      .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /**
   * Parses a text.
   *
   * @param referenced the texts of what it refers to, each after those that it refers to itself
   * @throws RegistryError 42201
   */
  static RegistrySchema parse(String text, RegistryReferences references, RegistryMetadata metadata,
      List<String> referenced) {
    try {
      var schema = parsed(text, referenced);
      // With the types that it refers to Avro would write it as another.
      var written = references.isEmpty() ? schema.toString() : SORTED.readTree(text).toString();
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(written + metadata)) {
        throw RegistryError.invalidSchema("its text holds half a character (a lone surrogate)", null);
      }
      return new RegistrySchema(schema, written, references, metadata,
          fingerprint(written, references, metadata));
    } catch (JsonProcessingException e) {
      throw RegistryError.invalidSchema(String.valueOf(e.getMessage()), e);
    }
  }

  /** @throws RegistryError 42201 */
  static Schema parsed(String text, List<String> referenced) {
    try {
      var parser = new Schema.Parser();
      referenced.forEach(parser::parse);
      return parser.parse(text);
    } catch (RuntimeException | StackOverflowError e) {
      // Avro says no in many ways: an unknown name is a NullPointerException, and nesting has no bound.
      throw RegistryError.invalidSchema(String.valueOf(e.getMessage()), e);
    }
  }

  private static String fingerprint(String written, RegistryReferences references, RegistryMetadata metadata)
      throws JsonProcessingException {
    var sorted = SORTED.writeValueAsBytes(SORTED.readValue(written, Object.class));
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      if (!references.isEmpty())
        digest.update(references.json().toString().getBytes(StandardCharsets.UTF_8));
      if (!metadata.isEmpty())
        digest.update(metadata.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(sorted));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }
}
