package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventGeneratorTest {
  private static final String PAID = """
      {"type": "record", "name": "Paid", "namespace": "shop.ledger", "stream": "ledger", "key": "id", "owner": "ledger",
       "fields": [{"name": "id", "type": "string"}%s]}""";

  @TempDir
  Path folder;
  private Path schemas;
  private Path sources;

  @BeforeEach
  void folders() {
    schemas = folder.resolve("schemas");
    sources = folder.resolve("sources");
  }

  @Test
  void a_file_that_stays_the_same_is_not_written_again_and_a_stale_one_is_removed() throws IOException {
    put("ledger/Paid/v1.avsc", PAID.formatted(""));
    put("ledger/Lost/v1.avsc", PAID.formatted("").replace("\"Paid\"", "\"Lost\""));
    EventGenerator.generate(schemas, sources);
    var paid = sources.resolve("shop/ledger/Paid.java");
    var lost = sources.resolve("shop/ledger/Lost.java");
    Files.setLastModifiedTime(paid, FileTime.fromMillis(0));
    assertThat(lost).exists();

    Files.delete(schemas.resolve("ledger/Lost/v1.avsc"));
    Files.delete(schemas.resolve("ledger/Lost"));
    EventGenerator.generate(schemas, sources);

    assertThat(Files.getLastModifiedTime(paid).toMillis()).isZero();
    assertThat(lost).doesNotExist();
    assertThat(sources.resolve("shop/ledger/package-info.java")).exists();
  }

  @Test
  void every_fault_of_the_layout_is_reported_with_its_file() throws IOException {
    put("ledger/Paid/v1.avsc", PAID.formatted(""));
    put("ledger/Paid/v3.avsc", PAID.formatted("").replace("\"id\", \"owner\": \"ledger\"", "\"other\""));
    put("ledger/Paid/version2.avsc", "");
    put("ledger/Moved/v1.avsc", PAID.formatted("").replace("\"Paid\"", "\"Moved\""));
    put("ledger/Moved/v2.avsc", PAID.formatted(", {\"name\": \"id2\", \"type\": \"int\", \"default\": 0}")
        .replace("\"Paid\"", "\"Moved\"").replace("\"key\": \"id\"", "\"key\": \"id2\"")
        .replace("\"stream\": \"ledger\"", "\"stream\": \"ledger.moved\""));
    put("sales/Named/v1.avsc", PAID.formatted(""));
    put("sales/Broken/v1.avsc", "{");
    put("sales/Stray.avsc", "{}");
    Files.createDirectories(schemas.resolve("sales/Nothing"));

    assertThatThrownBy(() -> EventGenerator.generate(schemas, sources)).isInstanceOf(SchemaException.class)
        .message().contains("Paid/v3.avsc: has no v2.avsc before it", "Paid/v3.avsc: shop.ledger.Paid",
            "does not say its \"owner\"", "version2.avsc: is no version",
            "(key-changed: id → id2)",
            "(stream-changed: ledger → ledger.moved)",
            "Named/v1.avsc: is named Paid, but its folder Named",
            "Named/v1.avsc: has the namespace shop.ledger, but stands in sales",
            "Broken/v1.avsc: is no Avro schema", "Stray.avsc: is in no event's folder",
            "Nothing: has no version")
        .hasLineCount(11);
    assertThat(sources).doesNotExist();
  }

  @Test
  void a_nested_type_that_two_events_share_is_generated_once() throws IOException {
    var money = ", {\"name\": \"m\", \"type\": {\"type\": \"record\", \"name\": \"Money\", \"fields\": "
        + "[{\"name\": \"a\", \"type\": \"%s\"}]}}";
    put("ledger/Paid/v1.avsc", PAID.formatted(money.formatted("int")));
    put("ledger/Lent/v1.avsc", PAID.formatted(money.formatted("int")).replace("\"Paid\"", "\"Lent\""));
    EventGenerator.generate(schemas, sources);
    assertThat(sources.resolve("shop/ledger/Money.java")).exists();

    put("ledger/Lent/v1.avsc", PAID.formatted(money.formatted("long")).replace("\"Paid\"", "\"Lent\""));

    assertThatThrownBy(() -> EventGenerator.generate(schemas, sources))
        .hasMessageContaining("Paid/v1.avsc: defines shop.ledger.Money otherwise than");
  }

  @Test
  void names_that_java_does_not_take_are_refused() throws IOException {
    put("ledger/Paid/v1.avsc",
        PAID.formatted(", {\"name\": \"id_\", \"type\": \"int\"}, {\"name\": \"m\", \"type\": "
            + "{\"type\": \"enum\", \"name\": \"record\", \"symbols\": [\"int\", \"int_\"]}}"));

    assertThatThrownBy(() -> EventGenerator.generate(schemas, sources))
        .hasMessageContaining("shop.ledger.record is no name for a Java type")
        .hasMessageContaining("two members of shop.ledger.record are int_ in Java");
  }

  @Test
  void a_folder_that_is_not_there_is_said_so() {
    assertThatThrownBy(() -> EventGenerator.generate(folder.resolve("none"), sources))
        .hasMessageContaining("none: is no folder");
  }

  private void put(String path, String text) throws IOException {
    var file = schemas.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
