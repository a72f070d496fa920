package dev.millrace.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Events as the codec reads them, as JSON. */
final class Witnesses {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Witnesses() {}

  /** @param event the event in Avro's encoding, without a frame */
  static Finding.Witness of(Schema writer, Schema reader, byte[] event) {
    return new Finding.Witness(read(writer, writer, event), Reading.isReadAs(writer, reader)
        ? read(writer, reader, event)
        : "not read: it is no " + reader.getFullName());
  }

  private static String read(Schema writer, Schema reader, byte[] event) {
    try {
      return json(ReadPlan.of(writer, reader, Shapes.NONE).read(new AvroInput(event, 0))).toString();
    } catch (PathException e) {
      return "not read: " + e.at(reader.getFullName()).getMessage();
    }
  }

  /**
   * Whether two events that were read differ at a path.
   *
   * @param path such as {@code .lines[].currency}: of an array its first item, of a map its first value
   */
  static boolean differ(String one, String other, String path) {
    try {
      var was = at(MAPPER.readTree(one), path);
      var is = at(MAPPER.readTree(other), path);
      return !was.isMissingNode() && !is.isMissingNode() && !was.equals(is);
    } catch (JsonProcessingException e) { // one of the two is not read
      return false;
    }
  }

  private static JsonNode at(JsonNode event, String path) {
    var at = event;
    for (var step : path.replaceAll("\\([^)]*\\)", "").replace("[]", ".[]").replace("{}", ".{}").substring(1)
        .split("\\.", -1)) {
      at = switch (step) {
        case "[]" -> at.path(0);
        case "{}" -> at.isEmpty() ? at.path(0) : at.elements().next();
        default -> at.path(step);
      };
    }
    return at;
  }

  /** A value as the codec gives it without classes: bytes are hexadecimal digits, dates and times ISO 8601. */
  static JsonNode json(@Nullable Object value) {
    return switch (value) {
      case null -> JSON.nullNode();
      case Map<?, ?> entries -> {
        var object = JSON.objectNode();
        entries.forEach((key, entry) -> object.set(String.valueOf(key), json(entry)));
        yield object;
      }
      case List<?> items -> {
        var array = JSON.arrayNode();
        items.forEach(item -> array.add(json(item)));
        yield array;
      }
      case ByteBuffer bytes -> {
        var content = new byte[bytes.remaining()];
        bytes.duplicate().get(content);
        yield JSON.textNode(HexFormat.of().formatHex(content));
      }
      case Boolean truth -> JSON.booleanNode(truth);
      case Integer number -> JSON.numberNode(number);
      case Long number -> JSON.numberNode(number);
      case Float number -> JSON.numberNode(number);
      case Double number -> JSON.numberNode(number);
      case BigDecimal number -> JSON.numberNode(number);
      default -> JSON.textNode(value.toString());
    };
  }
}
