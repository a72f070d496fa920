package dev.millrace.dev;

import static dev.millrace.dev.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.DevException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevKafkaTest {
  @Test
  void what_was_written_is_read_after_a_restart(@TempDir Path folder) throws Exception {
    try (var kafka = DevKafka.builder().dataDir(folder).start();
        var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic("a", 2, (short) 1))).all().get();
      try (var producer = new KafkaProducer<>(
          Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
          new StringSerializer(),
          new StringSerializer())) {
        producer.send(new ProducerRecord<>("a", 0, "k", "v")).get();
      }
    }

    try (var kafka = DevKafka.builder().dataDir(folder).start()) {
      assertThat(read(kafka)).containsExactly("v");
      assertThat(kafka.failure()).isEmpty();
    }
  }

  @Test
  void a_broker_that_loses_its_folder_says_so_and_does_not_end_the_process(@TempDir Path folder)
      throws Exception {
    try (var kafka = DevKafka.builder().dataDir(folder).start();
        var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      DataFolder.delete(folder.resolve("logs"));
      var created = admin.createTopics(List.of(new NewTopic("a", 1, (short) 1))).all();

      await().untilAsserted(() -> assertThat(kafka.failure()).isPresent());
      assertThat(kafka.failure()).get().asString().contains("Kafka asked to end the process");
      created.cancel(true);
    }
  }

  @Test
  void a_second_broker_on_a_folder_is_refused(@TempDir Path folder) {
    try (var kafka = DevKafka.builder().dataDir(folder).start()) {
      assertRefused(Code.FOLDER_IN_USE, () -> DevKafka.builder().dataDir(folder).start(), folder.toString());
      assertRefused(Code.PORT_TAKEN, () -> DevKafka.builder().port(kafka.port()).start(),
          "port " + kafka.port(),
          "--kafka-port");
    }
  }

  @Test
  void a_folder_of_another_format_is_refused(@TempDir Path folder) throws Exception {
    var mark = Files.createDirectories(folder.resolve("logs")).resolve("meta.properties");
    Files.writeString(mark, "version=0\nbroker.id=7\n");

    assertRefused(Code.OTHER_VERSION, () -> DevKafka.builder().dataDir(folder).start(), folder.toString(),
        "another Kafka");

    Files.delete(mark);
    Files.writeString(folder.resolve("logs/thesis.txt"), "");
    assertRefused(Code.OTHER_VERSION, () -> DevKafka.builder().dataDir(folder).start(), "thesis.txt");
  }

  @Test
  void a_folder_that_was_half_formatted_is_formatted_again(@TempDir Path folder) throws Exception {
    Files.createDirectories(folder.resolve("logs/__cluster_metadata-0"));
    for (var file : List.of("bootstrap.checkpoint", "bootstrap.checkpoint.tmp", "meta.properties.tmp"))
      Files.writeString(folder.resolve("logs").resolve(file), "half");

    try (var kafka = DevKafka.builder().dataDir(folder).start()) {
      assertThat(kafka.failure()).isEmpty();
    }
  }

  private static List<String> read(DevKafka kafka) {
    try (var consumer = new KafkaConsumer<>(
        Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
        new StringDeserializer(), new StringDeserializer())) {
      var partition = new TopicPartition("a", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      var values = new ArrayList<String>();
      while (consumer.position(partition) < end)
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
      return values;
    }
  }
}
