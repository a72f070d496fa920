package dev.millrace.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Generates the Java records of events from their schemas.
 *
 * <p>The schemas stand in {@code <context>/<Event>/v1.avsc, v2.avsc …}. A published version never changes. The newest
 * makes the record; the older ones are carried in its {@code TYPE}, for reading what was written under them and for
 * writing under them. The namespace is the Java package, and ends with the context. Every named type gets a file: a
 * nested record, an enum. The package is generated whole, {@code package-info} included: keep other classes out of it.
 *
 * <p>A version that names an {@code "upcaster"} begins a new major version: see {@link Upcaster}. The last version of each
 * former one makes a record too, in a package of its own.
 *
 * <p>In Java a field is what its type says: {@code decimal} is {@link java.math.BigDecimal}, {@code timestamp-*} {@link
 * java.time.Instant}, {@code local-timestamp-*} {@link java.time.LocalDateTime}, {@code date} {@link
 * java.time.LocalDate}, {@code time-*} {@link java.time.LocalTime}, {@code uuid} {@link java.util.UUID}; an array is a
 * {@link List}, a map a {@link Map}, a union with null the other type and {@code @Nullable}, any other union an {@link
 * Object}. Bytes and fixed are a read-only {@link java.nio.ByteBuffer}, as an array in a record could be changed and has
 * no equality. Times are truncated to the schema's unit, and decimals take the schema's scale where that is exact.
 *
 * <p>A module whose schemas stand in its folder {@code event-schemas} has this in its pom. It depends on
 * {@code millrace-event-schemas}. The goal {@code check} is {@link ChangeCheck}:
 *
 * <pre>{@code
 * <plugin>
 *   <groupId>dev.millrace</groupId>
 *   <artifactId>millrace-maven-plugin</artifactId>
 *   <version>${millrace.version}</version>
 *   <executions>
 *     <execution>
 *       <goals>
 *         <goal>check</goal>
 *         <goal>generate</goal>
 *       </goals>
 *     </execution>
 *   </executions>
 * </plugin>
 * }</pre>
 *
 * <p>A file that would stay the same is not written, so that nothing is compiled again for it; a file whose type is gone
 * is removed.
 */
public final class EventGenerator {
  private EventGenerator() {}

  /**
   * Generates, or prints every fault and ends with exit code 1.
   *
   * @param arguments the folder of the schemas and the folder for the sources
   */
  @SuppressWarnings("SystemOut") // a command: this is where its user looks
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: EventGenerator SCHEMA_FOLDER SOURCE_FOLDER");
      System.exit(2);
    }
    try {
      generate(Path.of(arguments[0]), Path.of(arguments[1]));
    } catch (SchemaException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Generates the sources of all events of a folder.
   *
   * @throws SchemaException INVALID_CONTRACT with every fault on a line of its own: the file, what is wrong, what to do;
   *     nothing is written then
   */
  public static void generate(Path schemas, Path sources) throws IOException {
    var faults = new ArrayList<String>();
    var events = new EventSources(faults);
    var folder = new SchemaFolder(schemas, faults);
    for (var event : folder.events()) {
      folder.checkHistory(event);
      events.add(event.schemas(), event.folder());
    }
    if (!faults.isEmpty()) {
      throw new SchemaException(SchemaException.Code.INVALID_CONTRACT, String.join("\n", faults));
    }
    write(events.files(), sources);
  }

  private static void write(Map<String, String> files, Path sources) throws IOException {
    Files.createDirectories(sources);
    for (var file : files.entrySet()) {
      var path = sources.resolve(file.getKey());
      if (Files.exists(path) && Files.readString(path).equals(file.getValue())) {
        continue;
      }
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    List<Path> stale;
    try (var present = Files.walk(sources)) {
      stale = present.filter(path -> path.toString().endsWith(".java"))
          .filter(path -> !files.containsKey(sources.relativize(path).toString().replace('\\', '/')))
          .toList();
    }
    for (var path : stale) {
      Files.delete(path);
    }
  }
}
