package dev.millrace.log.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import dev.millrace.log.tck.History;
import dev.millrace.log.tck.Reading;
import dev.millrace.schema.Envelope;
import java.time.Instant;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What Kafka's own producer does not hold: the order of the first requests to a partition, where the first is refused. */
class FirstEntryTest {
  @Test
  void entries_keep_their_order_although_the_first_request_of_the_writer_is_refused() {
    var stream = StreamName.of("first");
    var ids = IntStream.range(0, 50).mapToObj(i -> "id-" + i).toList();
    var servers = SharedServers.kafka().bootstrapServers();
    try (var log = KafkaLog.at(KafkaLogConfig.of(servers));
        var connection = new FaultyConnection(servers, new Random(1));
        var faulty = KafkaLog.at(KafkaFixture.impatient(connection.bootstrapServers()))) {
      log.create(stream, 1);
      connection.stopFaults();
      connection.refuseNext(1);

      try (var writer = faulty.writer()) {
        var receipts = ids.stream().map(id -> writer.append(entry(stream, id))).toList();
        writer.flush();
        assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
      }

      assertThat(connection.injected()).isEqualTo(1);
      assertThat(History.ids(Reading.all(log, stream))).containsExactlyElementsOf(ids);
    }
  }

  private static LogEntry entry(StreamName stream, String id) {
    return new LogEntry(stream, "k", Envelope.of(id, "/test", "T", Instant.EPOCH, "k"), new byte[150]);
  }
}
