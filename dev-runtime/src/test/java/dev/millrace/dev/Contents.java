package dev.millrace.dev;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Numbers that are written to all servers of a runtime, and read from them. */
record Contents(DevRuntime runtime) {
  private static final TopicPartition PARTITION = new TopicPartition("numbers", 0);

  void prepare() throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", runtime.kafka().bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1))).all().get();
    }
    sql("CREATE TABLE numbers (n integer PRIMARY KEY)");
  }

  /** Writes the number everywhere; it was acknowledged when this returns. */
  void write(int number) throws Exception {
    try (var producer = new KafkaProducer<>(
        Map.<String, Object>of("bootstrap.servers", runtime.kafka().bootstrapServers(), "acks", "all"),
        new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(PARTITION.topic(), Integer.toString(number))).get();
    }
    sql("INSERT INTO numbers VALUES (" + number + ")");
    var answer = Rest.of(runtime.registry()).post("/subjects/s" + number + "/versions",
        Rest.schema(schema(number)));
    if (!answer.startsWith("200 ")) {
      throw new AssertionError(answer);
    }
  }

  private static String schema(int number) {
    return "{\"type\":\"record\",\"name\":\"R" + number + "\",\"fields\":[]}";
  }

  /** How often the partition has had to be given a leader. */
  static int leaderEpoch(String bootstrapServers) throws Exception {
    try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      return admin.listOffsets(Map.of(PARTITION, OffsetSpec.latest())).partitionResult(PARTITION).get()
          .leaderEpoch().orElseThrow();
    }
  }

  List<String> records() {
    try (var consumer = new KafkaConsumer<>(
        Map.<String, Object>of("bootstrap.servers", runtime.kafka().bootstrapServers()),
        new StringDeserializer(),
        new StringDeserializer())) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
      var values = new ArrayList<String>();
      while (consumer.position(PARTITION) < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
      }
      return values;
    }
  }

  List<String> rows() throws SQLException {
    try (var connection = database().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT n FROM numbers ORDER BY n")) {
      var values = new ArrayList<String>();
      while (row.next()) {
        values.add(row.getString(1));
      }
      return values;
    }
  }

  int schemas() {
    return Rest.of(runtime.registry()).send("GET", "/subjects", "").json().size();
  }

  private DataSource database() {
    return runtime.postgres().dataSource("millrace");
  }

  private void sql(String text) throws SQLException {
    try (var connection = database().getConnection(); var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }
}
