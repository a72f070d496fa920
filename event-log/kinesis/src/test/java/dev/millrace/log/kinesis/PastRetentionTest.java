package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kinesis.model.ListShardsResponse;

/** Who stopped at the end of a shard, and comes back when that is past its retention. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class PastRetentionTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(200);
  private static LocalStreams streams;
  private static DataSource database;
  private static KinesisLog before;
  private static KinesisLog after;

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
    database = SharedServers.createDatabase();
    before = KinesisLog.at(streams.config().database(database).build());
    after = KinesisLog.at(streams.config(new ClosedShardsAreGone()).database(database).build());
  }

  @AfterAll
  static void stop() {
    before.close();
    after.close();
    streams.close();
  }

  @Test
  void a_group_that_read_a_shard_to_its_end_and_nothing_of_what_came_of_it_may_have_lost_that() {
    var stream = created("group");
    var parent = split(stream);
    var atEnd = endOf(parent);

    try (var reader = after.reader(Set.of(stream), stream + "-group", new Says(atEnd))) {
      assertExpired(parent, () -> reader.poll(PATIENCE));
      assertExpired(parent, () -> reader.poll(PATIENCE));
    }
  }

  @Test
  void a_group_does_not_take_a_shard_that_it_knew_and_never_read_for_one_that_it_has_read() {
    var stream = created("generations");
    var parent = split(stream);
    var atEnd = endOf(parent);
    before.reader(Set.of(stream), stream + "-group", new Says(Cursor.start())).close();
    openShards(stream).forEach(child -> streams.split(stream, child));

    try (var reader = after.reader(Set.of(stream), stream + "-group", new Says(atEnd))) {
      assertExpired(parent, () -> reader.poll(PATIENCE));
    }
  }

  @Test
  void a_group_that_never_read_what_is_gone_reads_what_is_there() {
    var stream = created("new");
    split(stream);
    streams.append(stream, List.of(LocalStreams.entry(stream, "k", "e")));

    try (var reader = after.reader(Set.of(stream), stream + "-group", new Says(Cursor.start()))) {
      assertThat(firstOf(reader).envelope().id()).isEqualTo("e");
    }
  }

  @Test
  void a_group_that_read_on_goes_on_though_the_end_is_gone() {
    var stream = created("further");
    split(stream);
    streams.append(stream, List.of(LocalStreams.entry(stream, "k", "1")));
    var read = before.end(Set.of(stream));
    var all = new TreeMap<>(read.positions());
    openShards(stream).forEach(child -> all.putIfAbsent(child.partition(),
        Place.seen(child.firstSequence(), System.currentTimeMillis()).position()));
    streams.append(stream, List.of(LocalStreams.entry(stream, "k", "2")));

    try (var reader = after.reader(Set.of(stream), stream + "-group", new Says(Cursor.of(all)))) {
      assertThat(firstOf(reader).envelope().id()).isEqualTo("2");
    }
  }

  @Test
  void a_cursor_at_the_end_of_a_shard_that_is_gone_says_nothing_of_what_came_of_it() {
    var stream = created("cursor");
    var parent = split(stream);
    var atEnd = endOf(parent);

    assertExpired(parent, () -> after.reader(Set.of(stream), atEnd).close());
    before.reader(Set.of(stream), atEnd).close();
    after.reader(Set.of(stream), Cursor.start()).close();
  }

  @Test
  void a_shard_that_came_and_went_while_nobody_listed_the_stream_is_missed_by_a_cursor() {
    var stream = created("unseen");
    var atEnd = endOf(split(stream));
    var unseen = openShards(stream);
    unseen.forEach(child -> streams.split(stream, child));

    assertThatThrownBy(() -> after.reader(Set.of(stream), atEnd).close()).isInstanceOfSatisfying(
        LogException.class, e -> {
          assertThat(e.code()).isEqualTo(LogException.Code.EXPIRED);
          assertThat(unseen).anySatisfy(
              gone -> assertThat(e).hasMessageContaining(gone.partition().toString()));
        });
    before.reader(Set.of(stream), atEnd).close();
    after.reader(Set.of(stream), Cursor.start()).close();
  }

  @Test
  void a_shard_that_came_and_went_while_nobody_listed_the_stream_is_missed_by_a_group() {
    var stream = created("missed");
    var owner = new Says(
        Cursor.of(Map.of(openShards(stream).getFirst().partition(), Place.end("17").position())));
    before.reader(Set.of(stream), stream + "-group", owner).close();
    split(stream);
    var unseen = openShards(stream);
    unseen.forEach(child -> streams.split(stream, child));

    try (var reader = after.reader(Set.of(stream), stream + "-group", owner)) {
      for (var again = 0; again < 2; again++)
        assertThatThrownBy(() -> firstOf(reader)).isInstanceOfSatisfying(LogException.class, e -> {
          assertThat(e.code()).isEqualTo(LogException.Code.EXPIRED);
          assertThat(unseen).anySatisfy(
              gone -> assertThat(e).hasMessageContaining(gone.partition().toString()));
        });
    }
  }

  @Test
  void a_cursor_from_the_end_knows_the_shards_that_were_idle_and_reads_on_though_what_they_came_of_is_gone() {
    var stream = created("idle");
    var parent = split(stream);
    var end = before.end(Set.of(stream));
    var endLater = after.end(Set.of(stream));

    assertThat(end.position(parent).map(Place::of).map(Place::isEnd)).contains(true);
    assertThat(endLater.positions()).hasSize(2);
    streams.append(stream, List.of(LocalStreams.entry(stream, "k", "1")));
    for (var cursor : List.of(end, endLater))
      try (var reader = after.reader(Set.of(stream), cursor)) {
        assertThat(firstOf(reader).envelope().id()).isEqualTo("1");
      }
  }

  @Test
  void the_first_batch_of_a_reading_knows_all_shards_that_it_has_begun() {
    var stream = created("begun");
    split(stream);
    streams.append(stream, List.of(LocalStreams.entry(stream, "k", "1")));
    Cursor begun;
    try (var reader = after.reader(Set.of(stream), Cursor.start())) {
      var batch = reader.poll(PATIENCE);
      begun = batch.cursor();
    }

    assertThat(begun.positions()).hasSize(2);
    after.reader(Set.of(stream), begun).close();
  }

  @Test
  void a_reading_from_a_time_goes_on_though_what_the_shards_came_of_is_gone() {
    var stream = created("time");
    split(stream);
    streams.append(stream,
        List.of(LocalStreams.entry(stream, "k", "1"), LocalStreams.entry(stream, "k", "2")));
    for (var time : List.of(Instant.EPOCH, Instant.now().minus(Duration.ofHours(1)))) {
      var cursor = after.at(Set.of(stream), time);
      assertThat(cursor.positions()).hasSize(2);
      try (var reader = after.reader(Set.of(stream), cursor)) {
        assertThat(firstOf(reader).envelope().id()).isEqualTo("1");
      }
    }
  }

  @Test
  void nothing_is_said_of_a_shard_that_was_begun_longer_ago_than_the_retention() {
    var stream = created("old");
    split(stream);
    var children = openShards(stream).stream().map(Shard::partition).toList();
    var longAgo = Place.begun(Instant.now().minus(Duration.ofHours(25)).toEpochMilli()).position();
    var now = Place.begun(Instant.now().toEpochMilli()).position();
    var begun = Cursor.of(Map.of(children.getFirst(), longAgo, children.getLast(), now));

    try (var reader = after.reader(Set.of(stream), begun)) {
      assertExpired(children.getFirst(), () -> firstOf(reader));
    }
  }

  /** What a reader knows that stopped there, before it was told anything of what came of the shard. */
  private static Cursor endOf(Partition closed) {
    var end = before.end(Set.of(closed.stream())).position(closed).orElseThrow();
    assertThat(Place.of(end).isEnd()).isTrue();
    return Cursor.of(Map.of(closed, end));
  }

  private static StreamName created(String name) {
    var stream = LocalStreams.name(name);
    before.create(stream, 1);
    streams.append(stream, List.of(LocalStreams.entry(stream, "k", "0")));
    return stream;
  }

  /** Splits the only shard of the stream, and answers which it was. */
  private static Partition split(StreamName stream) {
    var parent = openShards(stream).getFirst();
    streams.split(stream, parent);
    return parent.partition();
  }

  private static List<Shard> openShards(StreamName stream) {
    return new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build())).refresh(stream)
        .stream().filter(Shard::isOpen).toList();
  }

  private static void assertExpired(Partition parent, ThrowingCallable what) {
    assertThatThrownBy(what).isInstanceOfSatisfying(LogException.class, e -> {
      assertThat(e.code()).isEqualTo(LogException.Code.EXPIRED);
      assertThat(e).hasMessageContaining(parent.toString());
    });
  }

  private static LogRecord firstOf(LogReader reader) {
    var read = new ArrayList<LogRecord>();
    await("a record").pollInSameThread().until(() -> read.addAll(reader.poll(POLL).records()));
    return read.getFirst();
  }

  /** As the service is when the retention has passed since shards were closed. */
  private static final class ClosedShardsAreGone implements ExecutionInterceptor {
    @Override
    public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
      if (!(context.response() instanceof ListShardsResponse listed))
        return context.response();
      return listed.toBuilder().shards(listed.shards().stream()
          .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null).toList()).build();
    }
  }
}
