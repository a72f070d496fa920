package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.FaultyService.Chances;
import dev.millrace.log.tck.History;
import dev.millrace.log.tck.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Between a batch and its mark lies a moment, in which anything may happen. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class KinesisBatchWriterTest {
  private static LocalStreams streams;
  private static DataSource database;
  private static KinesisLog log;

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
    database = SharedServers.createDatabase();
    log = KinesisLog.at(streams.config().database(database).build());
  }

  @AfterAll
  static void stop() {
    log.close();
    streams.close();
  }

  @Test
  void where_the_mark_is_not_moved_the_batch_is_appended_again_under_the_same_ids() {
    var stream = created("again");
    var cable = new CutConnections(database);
    var marks = marks(cable, "");
    var batch = entries(stream, "a", "b");

    try (var writer = KinesisBatchWriter.open("again",
        () -> new BeforeTheMark(log.writer(), cable::cut), marks)) {
      assertFails(Code.UNREACHABLE, () -> writer.append(batch, "1"));
      cable.mend();
      assertFails(Code.UNREACHABLE, () -> writer.append(batch, "1"));
    }

    try (var next = log.batchWriter("again")) {
      assertThat(next.mark()).isEmpty();
      next.append(batch, "1");
    }
    assertThat(History.ids(Reading.all(log, stream))).containsExactly("a", "b", "a", "b");
  }

  @Test
  void a_writer_that_is_fenced_between_a_batch_and_its_mark_moves_no_mark() {
    var stream = created("between");
    var marks = marks(new CutConnections(database), "");

    try (var writer = KinesisBatchWriter.open("between",
        () -> new BeforeTheMark(log.writer(), () -> marks.take("between")), marks)) {
      assertFails(Code.FENCED, () -> writer.append(entries(stream, "a"), "1"));
    }

    try (var next = log.batchWriter("between")) {
      assertThat(next.mark()).isEmpty();
    }
  }

  @Test
  void a_batch_ends_at_its_first_failure_so_that_nothing_overtakes_what_is_appended_again() {
    var stream = created("ends");
    var faults = new FaultyService(new Random(1), new Chances(0, 100, 0, 0, 0));
    var impatient = streams.config(faults).database(database)
        .deliveryTimeout(Duration.ofSeconds(1)).requestTimeout(Duration.ofMillis(900)).build();
    var batch = entries(stream, "a", "b", "c");

    try (var faulty = KinesisLog.at(impatient);
        var writer = KinesisBatchWriter.open("ends",
            () -> new SlowAfterTheFirst(faulty.writer(AfterFailure.STOP), faults::stop),
            marks(new CutConnections(
                database), ""))) {
      assertFails(Code.UNREACHABLE, () -> writer.append(batch, "1"));
    }

    try (var next = log.batchWriter("ends")) {
      next.append(batch, "1");
    }
    assertThat(History.ids(Reading.all(log, stream))).containsExactly("a", "b", "c");
  }

  @Test
  void systems_that_share_a_database_have_marks_of_their_own() {
    var ours = marks(new CutConnections(database), "ours.");
    var theirs = marks(new CutConnections(database), "theirs.");

    var taken = ours.take("outbox");
    assertThat(ours.move("outbox", taken.epoch(), "7")).isTrue();

    assertThat(theirs.take("outbox").mark()).isEmpty();
    assertThat(ours.take("outbox")).isEqualTo(new Marks.Taken(taken.epoch() + 1, java.util.Optional.of("7")));
  }

  @Test
  void a_log_without_a_database_has_no_batch_writers_and_says_what_to_set() {
    try (var without = KinesisLog.at(streams.config().build())) {
      assertThatThrownBy(() -> without.batchWriter("outbox").close())
          .isInstanceOfSatisfying(LogException.class, e -> {
            assertThat(e.code()).isEqualTo(Code.REFUSED);
            assertThat(e).hasMessageContaining("database").hasMessageContaining("outbox");
          });
    }
  }

  /** Does something when a batch is acknowledged. */
  private record BeforeTheMark(LogWriter writer, Runnable action) implements LogWriter {
    @Override
    public CompletableFuture<Receipt> append(LogEntry entry) {
      return writer.append(entry);
    }

    @Override
    public void flush() {
      writer.flush();
      action.run();
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  /** Brings the second entry when the first has failed and the log takes all again. */
  private static final class SlowAfterTheFirst implements LogWriter {
    private final LogWriter writer;
    private final Runnable mend;
    private final List<CompletableFuture<Receipt>> receipts = new ArrayList<>();

    SlowAfterTheFirst(LogWriter writer, Runnable mend) {
      this.writer = writer;
      this.mend = mend;
    }

    @Override
    public CompletableFuture<Receipt> append(LogEntry entry) {
      if (receipts.size() == 1) {
        assertThat(receipts.getFirst()).failsWithin(Duration.ofMinutes(3));
        mend.run();
      }
      var receipt = writer.append(entry);
      receipts.add(receipt);
      return receipt;
    }

    @Override
    public void flush() {
      writer.flush();
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  private static Marks marks(CutConnections connections, String scope) {
    return new Marks(new Database(connections, new KinesisFailures(streams.config().build())), scope);
  }

  private static StreamName created(String name) {
    var stream = LocalStreams.name(name);
    log.create(stream, 1);
    return stream;
  }

  private static List<LogEntry> entries(StreamName stream, String... ids) {
    return List.of(ids).stream().map(id -> LocalStreams.entry(stream, "k", id)).toList();
  }

  private static void assertFails(Code code, Runnable append) {
    assertThatThrownBy(append::run).isInstanceOfSatisfying(LogException.class,
        e -> assertThat(e.code()).isEqualTo(code));
  }
}
