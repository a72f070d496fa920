package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.entities.Config;
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
    try (var registry = DevRegistry.start(SharedPostgres.database("confluent"));
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
  void confluents_client_understands_every_refusal() throws Exception {
    try (var registry = DevRegistry.start(SharedPostgres.database("confluent_refusals"));
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
