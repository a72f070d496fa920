package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** An error on a thread of the log's own reaches who polls: nothing stands still in silence. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class BrokenThreadsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(200);
  private static LocalStreams streams;
  private static DataSource database;

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
    database = SharedServers.createDatabase();
  }

  @AfterAll
  static void stop() {
    streams.close();
  }

  @Test
  void an_error_on_the_thread_of_a_shard_is_a_failure_of_the_poll_and_the_shard_is_followed_again() {
    var failures = new KinesisFailures(streams.config().build());
    var directory = new ShardDirectory(streams.client(), failures);
    var stream = LocalStreams.name("shard");
    directory.createStream(stream, 1);
    var calls = new AtomicInteger();
    ShardSource source = (reading, inlet) -> {
      if (calls.getAndIncrement() == 0)
        throw new StackOverflowError("injected");
      inlet.put(new Page.End(reading.partition(), Place.end("17").position()));
    };

    try (var open = new OpenShards(source, directory, failures, InstantSource.system())) {
      open.open(directory.refresh(stream).getFirst(), Cursor.start());

      assertThatThrownBy(() -> open.poll(PATIENCE)).isInstanceOfSatisfying(LogException.class, e -> {
        assertThat(e.code()).isEqualTo(LogException.Code.INTERNAL);
        assertThat(e).hasMessageContaining(stream.value()).hasRootCauseMessage("injected");
      });
      assertThat(open.poll(PATIENCE).isEmpty()).isFalse();
    }
  }

  @Test
  void an_error_on_the_thread_of_a_member_is_a_failure_of_the_poll_and_the_member_comes_back() {
    var cable = new CutConnections(database);
    var stream = LocalStreams.name("member");
    try (var log = KinesisLog.at(streams.config().database(cable).build())) {
      log.create(stream, 1);
      try (var reader = log.reader(Set.of(stream), stream + "-group", new Says(Cursor.start()))) {
        cable.fail(new StackOverflowError("injected"));
        assertThatThrownBy(
            () -> await("the error").pollInSameThread().until(() -> !reader.poll(POLL).records().isEmpty()))
            .isInstanceOfSatisfying(LogException.class, e -> {
              assertThat(e.code()).isEqualTo(LogException.Code.INTERNAL);
              assertThat(e).hasMessageContaining(stream.value()).hasRootCauseMessage("injected");
            });

        cable.mend();
        streams.append(stream, List.of(LocalStreams.entry(stream, "k", "e")));
        var read = new ArrayList<LogRecord>();
        await("the record").pollInSameThread().until(() -> read.addAll(recordsOrFailure(reader)));
        assertThat(read).hasSize(1);
      }
    }
  }

  /** What was polled; nothing where a failure was told that was before the mending. */
  private static List<LogRecord> recordsOrFailure(LogReader reader) {
    try {
      return reader.poll(POLL).records();
    } catch (LogException e) {
      assertThat(e.code()).isEqualTo(LogException.Code.INTERNAL);
      return List.of();
    }
  }
}
