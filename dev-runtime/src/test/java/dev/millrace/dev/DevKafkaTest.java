package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
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

  private static List<String> read(DevKafka kafka) {
    try (var consumer = new KafkaConsumer<>(
        Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
        new StringDeserializer(), new StringDeserializer())) {
      var partition = new TopicPartition("a", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return consumer.poll(Duration.ofSeconds(10)).records(partition).stream().map(record -> record.value())
          .toList();
    }
  }
}
