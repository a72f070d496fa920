package dev.millrace.cli;

import dev.millrace.schema.EventSchemas;
import dev.millrace.schema.SchemaRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where schemas are. */
sealed interface SchemaSource {
  /** The same folders as they stood at a commit. */
  record Git(String ref) implements SchemaSource {}

  /** What a registry has. */
  record Registry(URI address) implements SchemaSource {}

  /** A folder of events, or the file of one version. */
  record Place(Path path) implements SchemaSource {}

  /**
   * Reads them.
   *
   * @param folders what a Git reference is of
   */
  default EventSchemas read(List<Path> folders) throws IOException {
    return switch (this) {
      case Git(var ref) -> EventSchemas.at(ref, folders);
      case Registry(var address) -> EventSchemas.of(SchemaRegistry.at(address));
      case Place(var path) when Files.isRegularFile(path) -> {
        var schema = new Schema.Parser().parse(Files.readString(path));
        yield new EventSchemas(Map.of(schema.getFullName(), List.of(schema)));
      }
      case Place(var path) -> EventSchemas.of(List.of(path));
    };
  }

  /** Reads one from the command line. */
  final class Converter implements ITypeConverter<SchemaSource> {
    @Override
    public SchemaSource convert(String value) {
      if (value.startsWith("git:") && value.length() > "git:".length())
        return new Git(value.substring("git:".length()));
      if (value.startsWith("registry:"))
        return new Registry(address(value.substring("registry:".length())));
      if (Files.exists(Path.of(value)))
        return new Place(Path.of(value));
      throw new TypeConversionException(
          "'" + value + "' is neither git:REF nor registry:URL, and there is no such folder");
    }

    static URI address(String value) {
      try {
        var address = URI.create(value);
        if (address.getHost() != null)
          return address;
      } catch (IllegalArgumentException e) {
        // said below
      }
      throw new TypeConversionException(
          "'" + value + "' is no address of a registry: http://localhost:8081 is one");
    }
  }
}
