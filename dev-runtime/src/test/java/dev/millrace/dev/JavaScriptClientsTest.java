package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The clients of the JavaScript world, from npm, take our registry for Confluent's. With {@code -Pregistry-clients}. */
@EnabledIfSystemProperty(named = "millrace.registry.clients", matches = "true", disabledReason = "asks npm: -Pregistry-clients")
class JavaScriptClientsTest {
  @TempDir
  Path folder;

  @Test
  void confluents_client_registers_judges_configures_writes_and_reads() throws Exception {
    try (var registry = DevRegistry.start(SharedServers.createDatabase())) {
      var found = run(registry, "@confluentinc/schemaregistry@1.10.1", "confluent-client.js");

      assertThat(found.path("versions")).hasToString("[1,2]");
      assertThat(found.path("again")).isEqualTo(found.path("second"));
      assertThat(found.path("latest").asInt()).isEqualTo(2);
      assertThat(found.path("byId").asText()).isEqualTo("Paid");
      assertThat(found.path("compatible").asBoolean()).isTrue();
      assertThat(found.path("breaking").asBoolean(true)).isFalse();
      assertThat(found.path("refused").asInt()).isEqualTo(409);
      assertThat(found.path("missing").asInt()).isEqualTo(40401);
      assertThat(found.path("level").asText()).isEqualTo("FULL");
      assertThat(found.path("deleted")).hasToString("[1,2]");
      expectPaid(registry, found);
    }
  }

  @Test
  void the_client_of_kafkajs_registers_writes_and_reads() throws Exception {
    try (var registry = DevRegistry.start(SharedServers.createDatabase())) {
      var found = run(registry, "@kafkajs/confluent-schema-registry@4.1.0", "kafkajs-client.js");

      assertThat(found.path("again")).isEqualTo(found.path("second"));
      assertThat(found.path("latest")).isEqualTo(found.path("second"));
      assertThat(found.path("byVersion")).isEqualTo(found.path("first"));
      assertThat(found.path("bySchema")).isEqualTo(found.path("first"));
      assertThat(found.path("refused").asText()).isNotEmpty();
      expectPaid(registry, found);
    }
  }

  /** What they wrote they read, and so does our codec. */
  private static void expectPaid(DevRegistry registry, JsonNode found) {
    assertThat(found.path("read").asInt()).isEqualTo(250);
    var read = EventCodec.of(SchemaRegistry.at(registry.uri()))
        .decodeAny(HexFormat.of().parseHex(found.path("payload").asText()));
    assertThat(read.type()).isEqualTo("js.Paid");
    assertThat(read.fields()).containsEntry("id", "a").containsEntry("cents", 250L);
  }

  private JsonNode run(DevRegistry registry, String client, String script) throws Exception {
    try (var text = JavaScriptClientsTest.class.getResourceAsStream(script)) {
      Files.write(folder.resolve(script), Objects.requireNonNull(text, script).readAllBytes());
    }
    execute("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder.toString(),
        client);
    var said = execute("node", folder.resolve(script).toString(), registry.uri().toString());
    return new ObjectMapper().readTree(said);
  }

  private String execute(String... command) throws IOException, InterruptedException {
    var out = folder.resolve("out.txt");
    var err = folder.resolve("err.txt");
    var process = new ProcessBuilder(new ArrayList<>(List.of(command))).directory(folder.toFile())
        .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as(command[0]).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as("%s: %s", command[0], Files.readString(err)).isZero();
    return Files.readString(out);
  }
}
