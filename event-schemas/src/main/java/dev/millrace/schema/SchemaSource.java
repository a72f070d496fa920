package dev.millrace.schema;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** Where schemas are. */
public sealed interface SchemaSource {
  /** The same folders as they stood at a commit. */
  record Git(String ref) implements SchemaSource {}

  /** What a registry has. */
  record Registry(URI address) implements SchemaSource {}

  /** A folder of events, or the file of one version. */
  record Place(Path path) implements SchemaSource {}

  /**
   * The place that is written as {@code git:REF}, {@code registry:URL} or a path.
   *
   * @throws IllegalArgumentException where it is none of them, or nothing is at the path
   */
  static SchemaSource parse(String text) {
    if (text.startsWith("git:") && text.length() > "git:".length())
      return new Git(text.substring("git:".length()));
    if (text.startsWith("registry:"))
      return new Registry(address(text.substring("registry:".length())));
    if (Files.exists(Path.of(text)))
      return new Place(Path.of(text));
    throw new IllegalArgumentException(
        "'" + text + "' is neither git:REF nor registry:URL, and there is no such folder");
  }

  /**
   * The address of a registry.
   *
   * @throws IllegalArgumentException where it has no host
   */
  static URI address(String text) {
    try {
      var address = URI.create(text);
      if (address.getHost() != null)
        return address;
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "'" + text + "' is no address of a registry: http://localhost:8081 is one");
  }

  /**
   * Reads them.
   *
   * @param folders what a Git reference is of
   * @throws SchemaException INVALID_CONTRACT with every fault of a folder; REFUSED by Git; what a registry's client throws
   */
  default EventSchemas read(List<Path> folders) throws IOException {
    return switch (this) {
      case Git(var ref) -> EventSchemas.at(ref, folders);
      case Registry(var address) -> EventSchemas.of(SchemaRegistry.at(address));
      case Place(var path) when Files.isRegularFile(path) ->
        new EventSchemas(Map.of(schema(path).getFullName(), List.of(schema(path))));
      case Place(var path) -> EventSchemas.of(List.of(path));
    };
  }

  private static Schema schema(Path file) throws IOException {
    try {
      return new Schema.Parser().parse(Files.readString(file));
    } catch (AvroRuntimeException e) {
      throw new SchemaException(SchemaException.Code.INVALID_CONTRACT,
          file + ": is no Avro schema: " + e.getMessage(), e);
    }
  }
}
