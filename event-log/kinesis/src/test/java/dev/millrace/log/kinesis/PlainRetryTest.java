package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.tck.ForwardingLog;
import dev.millrace.log.tck.Capability;
import dev.millrace.log.tck.LogFaults;
import dev.millrace.log.tck.LogFixture;
import dev.millrace.log.tck.OrderProperties;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * The control: on PutRecords with a retry loop around it, the conformance kit fails. Its calls keep the local server busy for so long
 * that it belongs to the acceptance tier.
 */
@Tag("acceptance")
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
@Order(3)
class PlainRetryTest {
  private static KinesisFixture sound;

  @BeforeAll
  static void start() {
    sound = new KinesisFixture(LocalStreams.shared());
  }

  @AfterAll
  static void stop() {
    sound.close();
  }

  @Test
  void sending_again_just_what_was_refused_of_a_call_is_found_to_reorder() {
    OrderProperties kit = () -> new Plain(Set.of());

    assertThatThrownBy(kit::entries_of_one_key_are_read_in_the_order_of_their_appends_through_retries)
        .isInstanceOf(AssertionError.class).hasMessageContaining("ids by key").hasMessageContaining("seed");
  }

  @Test
  void a_writer_that_claims_to_repeat_nothing_is_found_to_repeat() {
    OrderProperties kit = () -> new Plain(Set.of(Capability.IDEMPOTENT_APPENDS));

    assertThatThrownBy(
        kit::an_append_that_is_sent_again_is_read_once_where_the_log_claims_so_and_else_is_seen_again)
        .isInstanceOf(AssertionError.class).hasMessageContaining("duplicate");
  }

  private record Plain(Set<Capability> capabilities) implements LogFixture {
    @Override
    public EventLog log() {
      return sound.log();
    }

    @Override
    public LogFaults faults(Random random) {
      var service = new FaultyService(random, new FaultyService.Chances(30, 0, 10, 0, 0));
      return new KinesisFixture.KinesisFaults(service,
          new PlainLog(sound.service().client(service), sound.log()));
    }

    @Override
    public void addPartitions(StreamName stream, int total) {
      sound.addPartitions(stream, total);
    }

    @Override
    public int oversizedPayload() {
      return sound.oversizedPayload();
    }
  }

  /** Ten records a call; what of them is refused goes into the next call, and a call without an answer is made again. */
  private record PlainWriter(KinesisAsyncClient client, List<LogEntry> waiting) implements LogWriter {
    @Override
    public CompletableFuture<Receipt> append(LogEntry entry) {
      waiting.add(entry);
      if (waiting.size() == 10)
        flush();
      return CompletableFuture.completedFuture(
          new Receipt(new Partition(entry.stream(), "?"), Position.of("?"), entry.envelope().id(),
              Instant.EPOCH));
    }

    @Override
    public void flush() {
      while (!waiting.isEmpty()) {
        if (Thread.currentThread().isInterrupted())
          throw new IllegalStateException("interrupted while appending");
        var stream = waiting.getFirst().stream().value();
        var records = waiting.stream().map(PlainWriter::record).toList();
        var answer = client.putRecords(request -> request.streamName(stream).records(records))
            .exceptionally(_ -> null).join();
        if (answer == null)
          continue;
        var refused = new ArrayList<LogEntry>();
        for (var i = 0; i < records.size(); i++) {
          if (answer.records().get(i).errorCode() != null)
            refused.add(waiting.get(i));
        }
        waiting.clear();
        waiting.addAll(refused);
      }
    }

    private static PutRecordsRequestEntry record(LogEntry entry) {
      return PutRecordsRequestEntry.builder().partitionKey(entry.key())
          .data(SdkBytes.fromByteArray(CloudEventFrame.encode(entry))).build();
    }

    @Override
    public void close() {
      flush();
    }
  }

  private static final class PlainLog extends ForwardingLog {
    private final KinesisAsyncClient client;

    PlainLog(KinesisAsyncClient client, EventLog sound) {
      super(sound);
      this.client = client;
    }

    @Override
    public LogWriter writer() {
      return new PlainWriter(client, new ArrayList<>());
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
