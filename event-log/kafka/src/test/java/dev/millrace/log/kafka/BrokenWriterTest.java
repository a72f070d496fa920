package dev.millrace.log.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.BatchWriter;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogWriter;
import dev.millrace.log.StreamName;
import dev.millrace.log.tck.ForwardingLog;
import dev.millrace.log.tck.BatchProperties;
import dev.millrace.log.tck.Capability;
import dev.millrace.log.tck.LogFaults;
import dev.millrace.log.tck.LogFixture;
import dev.millrace.log.tck.OrderProperties;
import dev.millrace.test.Randomized;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The conformance kit can fail: on writers that are broken on purpose, it does. */
class BrokenWriterTest {
  private static KafkaFixture sound;

  @BeforeAll
  static void start() {
    sound = new KafkaFixture(SharedServers.kafka().bootstrapServers());
  }

  @AfterAll
  static void stop() {
    sound.close();
  }

  @Test
  void a_producer_that_retries_with_several_requests_under_way_is_found_to_reorder() {
    OrderProperties kit = () -> new Broken(Set.of());

    assertThatThrownBy(
        () -> untilItFails(kit::entries_of_one_key_are_read_in_the_order_of_their_appends_through_retries))
        .isInstanceOf(AssertionError.class).hasMessageContaining("ids by key").hasMessageContaining("seed");
  }

  @Test
  void a_producer_that_claims_to_repeat_nothing_is_found_to_repeat() {
    OrderProperties kit = () -> new Broken(Set.of(Capability.IDEMPOTENT_APPENDS));

    assertThatThrownBy(() -> untilItFails(
        kit::an_append_that_is_sent_again_is_read_once_where_the_log_claims_so_and_else_is_seen_again))
        .isInstanceOf(AssertionError.class).hasMessageContaining("duplicate");
  }

  @Test
  void a_log_that_claims_less_than_it_does_is_found_out() {
    OrderProperties modestOrder = () -> new Modest(sound);
    BatchProperties modestBatches = () -> new Modest(sound);

    assertThatThrownBy(
        modestOrder::an_append_that_is_sent_again_is_read_once_where_the_log_claims_so_and_else_is_seen_again)
        .hasMessageContaining("a log that claims nothing repeats");
    assertThatThrownBy(
        modestOrder::entries_of_several_keys_keep_their_order_in_a_partition_where_the_log_claims_so_and_else_do_not)
        .hasMessageContaining("a log that claims no order between keys");
    assertThatThrownBy(
        modestBatches::a_batch_of_which_one_entry_is_refused_is_seen_whole_or_not_as_the_log_claims)
        .hasMessageContaining("a log that claims no transactions shows a part");
  }

  @Test
  void a_batch_writer_without_transactions_is_found_to_show_parts_and_one_that_says_so_is_let_be() {
    BatchProperties claiming = () -> new Broken(Set.of(Capability.TRANSACTIONS));
    BatchProperties honest = () -> new Broken(Set.of());

    assertThatThrownBy(claiming::a_batch_of_which_one_entry_is_refused_is_seen_whole_or_not_as_the_log_claims)
        .isInstanceOf(AssertionError.class);
    assertThatCode(honest::a_batch_of_which_one_entry_is_refused_is_seen_whole_or_not_as_the_log_claims)
        .doesNotThrowAnyException();
  }

  /** Whether a fault hits where it hurts is a matter of chance: a few runs, each with faults of its own, are enough. */
  private static void untilItFails(Runnable property) {
    for (var run = 0; run < 10; run++)
      property.run();
  }

  /** A sound log that does not say what it can do. */
  private record Modest(LogFixture sound) implements LogFixture {
    @Override
    public EventLog log() {
      return sound.log();
    }

    @Override
    public LogFaults faults(Random random) {
      return sound.faults(random);
    }

    @Override
    public void addPartitions(StreamName stream, int total) {
      sound.addPartitions(stream, total);
    }

    @Override
    public int oversizedPayload() {
      return sound.oversizedPayload();
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of();
    }
  }

  /** A log whose writers are broken. */
  private record Broken(Set<Capability> capabilities) implements LogFixture {
    private static final Random FAULTS = Randomized.random();

    @Override
    public EventLog log() {
      return new BrokenLog(KafkaFixture.impatient(SharedServers.kafka().bootstrapServers()), sound.log());
    }

    @Override
    public LogFaults faults(Random random) {
      // Not the given numbers, which are the same in each run of a property.
      var connection = new FaultyConnection(SharedServers.kafka().bootstrapServers(), FAULTS);
      return new KafkaFixture.KafkaFaults(connection,
          new BrokenLog(KafkaFixture.impatient(connection.bootstrapServers()), sound.log()));
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

  private static final class BrokenLog extends ForwardingLog {
    private final KafkaLogConfig config;
    private final EventLog sound;

    BrokenLog(KafkaLogConfig config, EventLog sound) {
      super(sound);
      this.config = config;
      this.sound = sound;
    }

    /** A producer that is not idempotent: what it sends again comes after what it sent meanwhile. */
    @Override
    public LogWriter writer() {
      var properties = new ClientProperties(config);
      var settings = properties.producer();
      settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
      var producer = new KafkaProducer<byte[], byte @Nullable []>(settings, new ByteArraySerializer(),
          new ByteArraySerializer());
      return new KafkaLogWriter(producer, new StreamDirectory(Admin.create(properties.admin()), config),
          new KafkaFailures(config));
    }

    /** Batches that are appended entry by entry. */
    @Override
    public BatchWriter batchWriter(String name) {
      return new PiecemealWriter(name, writer(), sound.batchWriter(name));
    }
  }

  private static final class PiecemealWriter implements BatchWriter {
    private final String name;
    private final LogWriter writer;
    private final BatchWriter marks;
    private boolean failed;

    PiecemealWriter(String name, LogWriter writer, BatchWriter marks) {
      this.name = name;
      this.writer = writer;
      this.marks = marks;
    }

    @Override
    public Optional<String> mark() {
      return marks.mark();
    }

    @Override
    public void append(List<LogEntry> entries, String mark) {
      if (failed)
        throw new LogException(LogException.Code.INTERNAL, name + " has failed");
      failed = true;
      var receipts = entries.stream().map(writer::append).toList();
      writer.flush();
      for (var receipt : receipts) {
        if (receipt.isCompletedExceptionally() && receipt.exceptionNow() instanceof LogException failure)
          throw failure;
      }
      marks.append(List.of(), mark);
      failed = false;
    }

    @Override
    public void close() {
      writer.close();
      marks.close();
    }
  }
}
