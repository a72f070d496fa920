package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.Config;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.Metadata;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.SchemaReference;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Confluent's own Java client takes our registry for theirs. */
class ConfluentClientTest {
  private static final AvroSchema V1 = new AvroSchema(
      """
          {"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"}],"stream":"sales.orders","key":"id","owner":"sales"}""");
  private static final AvroSchema V2 = new AvroSchema(
      V1.canonicalString().replace("}],", "},{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"}],"));
  private static final AvroSchema BREAKING = new AvroSchema(
      V1.canonicalString().replace("}],", "},{\"name\":\"missing\",\"type\":\"string\"}],"));

  @Test
  void confluents_client_registers_reads_judges_and_configures() throws Exception {
    try (var registry = DevRegistry.start(SharedServers.createDatabase());
        var writer = client(registry);
        var reader = client(registry)) {
      assertThat(writer.register("a", V1)).isEqualTo(1);
      assertThat(writer.register("a", V2, true)).isEqualTo(2);
      assertThat(writer.register("b", V2)).isEqualTo(2);

      assertThat(reader.getSchemaById(1)).isEqualTo(V1);
      assertThat(reader.getSchemaBySubjectAndId("a", 2)).isEqualTo(V2);
      assertThat(reader.getId("a", V2)).isEqualTo(2);
      assertThat(reader.getVersion("a", V2)).isEqualTo(2);
      assertThat(reader.getAllVersions("a")).containsExactly(1, 2);
      assertThat(reader.getAllSubjects()).containsExactly("a", "b");
      assertThat(reader.getAllSubjectsById(2)).containsExactly("a", "b");
      assertThat(reader.getAllVersionsById(2)).hasSize(2);
      assertThat(reader.getLatestSchemaMetadata("a").getId()).isEqualTo(2);
      assertThat(reader.getSchemaMetadata("a", 1).getSchema()).isEqualTo(V1.canonicalString());
      assertThat(reader.getSchemaMetadata("a", 1).getSchemaType()).isEqualTo("AVRO");

      assertThat(reader.testCompatibility("a", V1)).isTrue();
      assertThat(reader.testCompatibility("a", BREAKING)).isFalse();
      assertThat(reader.testCompatibilityVerbose("a", BREAKING)).isNotEmpty();
      assertThat(reader.testCompatibilityVerbose("a", V2)).isEqualTo(List.of());

      writer.updateConfig("a", new Config("FULL"));
      assertThat(reader.getConfig("a").getCompatibilityLevel()).isEqualTo("FULL");
      writer.deleteConfig("a");
      assertThat(reader.getConfig("").getCompatibilityLevel()).isEqualTo("BACKWARD");
    }
  }

  @Test
  void confluents_client_finds_the_newest_version_with_a_property() throws Exception {
    try (var registry = DevRegistry.start(SharedServers.createDatabase());
        var writer = client(registry);
        var reader = client(registry)) {
      var first = new Metadata(null, Map.of("major", "1"), null);
      assertThat(writer.register("a", V1.copy(first, null))).isEqualTo(1);
      assertThat(writer.register("a", V2.copy(new Metadata(null, Map.of("major", "2"), null), null)))
          .isEqualTo(2);

      var found = reader.getLatestWithMetadata("a", Map.of("major", "1"), false);
      assertThat(found.getVersion()).isEqualTo(1);
      assertThat(found.getMetadata()).isEqualTo(first);
      assertThat(reader.getSchemaById(2).metadata().getProperties()).containsEntry("major", "2");
    }
  }

  @Test
  void confluents_client_deletes_imports_and_refers() throws Exception {
    try (var registry = DevRegistry.start(SharedServers.createDatabase());
        var client = client(registry)) {
      assertThat(client.setMode("IMPORT", "moved")).isEqualTo("IMPORT");
      assertThat(client.register("moved", V1, 7, 41)).isEqualTo(41);
      assertThat(client.getAllVersions("moved")).containsExactly(7);
      assertThat(client.getMode("moved")).isEqualTo("IMPORT");
      client.deleteMode("moved");
      assertThat(client.getMode()).isEqualTo("READWRITE");

      client.register("a", V1);
      client.register("a", V2);
      assertThat(client.deleteSchemaVersion("a", "1", false)).isEqualTo(1);
      assertThat(client.getAllVersions("a")).containsExactly(2);
      assertThat(client.deleteSchemaVersion("a", "1", true)).isEqualTo(1);
      assertThat(client.deleteSubject("a", false)).containsExactly(2);
      assertThat(client.getAllSubjects()).containsExactly("moved");
      assertThat(client.getAllSubjects(true)).containsExactly("a", "moved");
      assertThat(client.deleteSubject("a", true)).containsExactly(2);

      client.register("line", new AvroSchema(
          "{\"type\":\"record\",\"name\":\"Line\",\"namespace\":\"shop\",\"fields\":[]}"));
      var order = client
          .parseSchema("AVRO", "{\"type\":\"record\",\"name\":\"Lines\",\"namespace\":\"shop\",\"fields\":"
              + "[{\"name\":\"line\",\"type\":\"shop.Line\"}]}",
              List.of(new SchemaReference("shop.Line", "line", 1)))
          .orElseThrow();
      int id = client.register("lines", order);
      try (var another = client(registry)) {
        assertThat(another.getSchemaById(id).references()).containsExactlyElementsOf(order.references());
      }
    }
  }

  @Test
  void confluents_client_understands_every_refusal() throws Exception {
    try (var registry = DevRegistry.start(SharedServers.createDatabase());
        var client = client(registry)) {
      client.register("a", V1);

      assertThat(refusal(() -> client.getSchemaById(9))).isEqualTo(40403);
      assertThat(refusal(() -> client.getVersion("a", V2))).isEqualTo(40403);
      assertThat(refusal(() -> client.getVersion("no", V2))).isEqualTo(40401);
      assertThat(refusal(() -> client.getLatestSchemaMetadata("no"))).isEqualTo(40401);
      assertThat(refusal(() -> client.getSchemaMetadata("a", 9))).isEqualTo(40402);
      assertThat(refusal(() -> client.getConfig("a"))).isEqualTo(40408);
      assertThat(refusal(() -> client.register("a", BREAKING))).isEqualTo(409);
      assertThat(refusal(() -> client.updateConfig("a", new Config("SOME")))).isEqualTo(42203);
    }
  }

  private static int refusal(ThrowingCallable call) {
    return catchThrowableOfType(RestClientException.class, call).getErrorCode();
  }

  private static CachedSchemaRegistryClient client(DevRegistry registry) {
    return new CachedSchemaRegistryClient(registry.uri().toString(), 100);
  }
}
