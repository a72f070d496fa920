package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.SchemaException.Code;
import dev.millrace.schema.ScriptedServer.Reply;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

/** How the client meets a server's moods. What it says to a real one is tested where that server is. */
class HttpRegistryTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);
  /** Enough for several attempts on a slow machine too. */
  private static final Duration LONGER_PATIENCE = Duration.ofSeconds(2);
  private static final Schema PAID = new Schema.Parser().parse("""
      {"type": "record", "name": "Paid", "fields": []}""");
  private static final Reply FOUND = new Reply(200,
      "{\"schema\": \"\\\"string\\\"\", \"new\": {\"key\": 1}}");

  @Test
  void a_server_that_is_busy_is_asked_again() throws IOException {
    try (var server = new ScriptedServer(new Reply(503, ""), new Reply(429, "{}"), new Reply(408, ""),
        FOUND)) {
      var registry = SchemaRegistry.at(server.address());

      assertThat(registry.byId(7)).isEqualTo(Schema.create(Schema.Type.STRING));
      assertThat(server.asked).hasSize(4);
    }
  }

  @Test
  void what_does_not_change_is_asked_once() throws IOException {
    try (var server = new ScriptedServer(new Reply(200, "{\"id\": 7, \"version\": 1}"))) {
      var registry = SchemaRegistry.at(server.address());
      assertThat(registry.register("paid", PAID)).isEqualTo(7);
      assertThat(registry.register("paid", PAID)).isEqualTo(7);
      int right = 0;
      for (int i = 0; i < 500_000; i++) {
        boolean known = registry.byId(7).equals(PAID)
            && registry.lookup("paid", PAID).orElseThrow().id() == 7;
        right += known ? 1 : 0;
      }

      assertThat(right).as("half a million, each of two lookups").isEqualTo(500_000);
      assertThat(server.asked).containsExactly(
          "POST /subjects/paid/versions null {\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"Paid\\\",\\\"fields\\\":[]}\"}",
          "POST /subjects/paid null {\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"Paid\\\",\\\"fields\\\":[]}\"}");
    }
  }

  @Test
  void an_unknown_id_is_asked_for_again() throws IOException {
    try (var server = new ScriptedServer(new Reply(404, "{\"error_code\": 40403, \"message\": \"none\"}"),
        FOUND)) {
      var registry = SchemaRegistry.at(server.address());

      assertThatThrownBy(() -> registry.byId(7)).isInstanceOfSatisfying(SchemaException.class,
          e -> assertThat(e.code()).isEqualTo(Code.UNKNOWN_SCHEMA))
          .hasMessageContaining(server.address() + " has no schema 7");
      assertThat(registry.byId(7)).isNotNull();
    }
  }

  @Test
  void an_address_where_nobody_listens_is_named_with_what_was_tried() throws IOException {
    int port;
    try (var closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    var registry = SchemaRegistry.at(URI.create("http://me:secret@localhost:" + port), PATIENCE);

    assertThatThrownBy(registry::subjects).isInstanceOfSatisfying(SchemaException.class, e -> {
      assertThat(e.code()).isEqualTo(Code.REGISTRY_UNREACHABLE);
      assertThat(e.fault()).isEqualTo(Fault.EXTERNAL);
    }).message().matches("the schema registry at http://localhost:" + port
        + " did not answer GET /subjects within 0.3 s and [0-9]+ attempts .*: start it, or give its right address")
        .doesNotContain("secret");
  }

  @Test
  void a_server_that_stays_broken_is_not_waited_for_longer_than_patience_lasts() throws IOException {
    try (var server = new ScriptedServer(new Reply(500, "{\"error_code\": 50001}"))) {
      var registry = SchemaRegistry.at(server.address(), LONGER_PATIENCE);

      assertThatThrownBy(() -> registry.byId(1)).hasMessageContaining("it answered 500");
      assertThat(server.asked).hasSizeGreaterThan(2);
    }
  }

  @Test
  void an_interrupted_wait_ends() throws IOException {
    try (var server = new ScriptedServer(new Reply(500, ""))) {
      var registry = SchemaRegistry.at(server.address(), PATIENCE);
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> registry.byId(1)).hasMessageContaining("interrupted");

      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void a_server_that_is_no_registry_is_not_taken_for_an_empty_one() throws IOException {
    try (var server = new ScriptedServer(new Reply(404, "<html>"))) {
      var registry = SchemaRegistry.at(server.address());

      assertThatThrownBy(() -> registry.versions("x")).isInstanceOfSatisfying(SchemaException.class,
          e -> assertThat(e.code()).isEqualTo(Code.REFUSED))
          .hasMessageContaining("may be no schema registry");
    }
  }

  @Test
  void credentials_in_the_address_are_sent() throws IOException {
    try (var server = new ScriptedServer(new Reply(200, "[]"))) {
      var address = URI.create(server.address().toString().replace("://", "://me:secret@") + "/");

      assertThat(SchemaRegistry.at(address).subjects()).isEmpty();

      assertThat(server.asked).containsExactly("GET /subjects Basic bWU6c2VjcmV0 ");
    }
  }

  @Test
  void a_schema_that_refers_to_others_is_put_together() throws IOException {
    try (var server = new ScriptedServer(
        new Reply(200,
            "{\"schema\": \"{\\\"type\\\": \\\"array\\\", \\\"items\\\": \\\"a.Line\\\"}\", \"references\": "
                + "[{\"name\": \"a.Line\", \"subject\": \"line\", \"version\": 2}]}"),
        new Reply(200,
            "{\"schema\": \"{\\\"type\\\": \\\"record\\\", \\\"name\\\": \\\"a.Line\\\", \\\"fields\\\": []}\"}"))) {
      var schema = SchemaRegistry.at(server.address()).byId(1);

      assertThat(schema.getElementType().getFullName()).isEqualTo("a.Line");
      assertThat(server.asked).last().isEqualTo("GET /subjects/line/versions/2 null ");
    }
  }

  @Test
  void a_schema_of_another_language_is_unreadable() throws IOException {
    try (var server = new ScriptedServer(
        new Reply(200, "{\"schema\": \"syntax\", \"schemaType\": \"PROTOBUF\"}"))) {
      assertThatThrownBy(() -> SchemaRegistry.at(server.address()).byId(1)).hasMessageContaining("PROTOBUF");
    }
  }

  @Test
  void what_is_no_address_is_refused_at_once() {
    assertThatThrownBy(() -> SchemaRegistry.at(URI.create("localhost:8081")))
        .hasMessageContaining("http://localhost:8081");
  }
}
