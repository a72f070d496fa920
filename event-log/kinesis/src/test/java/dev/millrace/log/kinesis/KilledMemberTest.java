package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.DevPostgres;
import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.KinesisLogConfig.Reading;
import dev.millrace.log.tck.History;
import dev.millrace.log.tck.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.kinesis.model.Consumer;

/**
 * Members of a group whose processes are killed, as kill -9 does. More rounds with {@code -Dkill.rounds=50}, the same again with
 * {@code -Dkill.seed=…}.
 */
@ExtendWith(NeedsKinesis.class)
class KilledMemberTest {
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);
  private static final long SEED = Long.getLong("kill.seed", System.nanoTime());
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static LocalStreams streams;
  private static DevPostgres postgres;

  @TempDir
  Path folder;

  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void start() {
    streams = new LocalStreams();
    postgres = DevPostgres.start();
  }

  @AfterAll
  static void stop() {
    postgres.close();
    streams.close();
  }

  @AfterEach
  void leaveNothingRunning() throws InterruptedException {
    for (var process : started)
      process.destroyForcibly().waitFor();
  }

  @Test
  void whoever_of_a_group_is_killed_each_record_has_one_effect_and_each_key_its_order() throws Exception {
    var random = new Random(SEED);
    var database = database("killed");
    var stream = created("killed", 3);
    var written = new ArrayList<LogEntry>();
    var members = new ArrayList<>(
        List.of(member(database, stream, Reading.POLLING), member(database, stream, Reading.POLLING)));
    // Both have a part in it before one of them is killed, however long the other takes to start.
    await("a part for both", () -> {
      var effects = effects(database);
      if (effects.size() == written.size())
        append(stream, written, 30);
      return effects.stream().map(List::getLast).distinct().count() == 2;
    });

    for (var round = 0; round < ROUNDS; round++) {
      append(stream, written, 300);
      var victim = members.remove(random.nextInt(members.size()));
      // One in four is killed while it starts, or waits; the others while they work.
      if (random.nextInt(4) > 0) {
        var some = written.size() - 300 + 1 + random.nextInt(150);
        await("some effects", () -> effects(database).size() >= some);
      }
      LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(300)));
      assertThat(victim.isAlive()).as("seed %s: it ended by itself: %s", SEED, output()).isTrue();
      victim.destroyForcibly().waitFor();
      append(stream, written, 100);
      streams.resharding().any(stream, random);
      members.add(member(database, stream, Reading.POLLING));
    }
    append(stream, written, 100);
    await("all effects", () -> effects(database).size() >= written.size());

    var effects = effects(database);
    assertThat(effects.stream().map(effect -> effect.get(1)).toList()).as("seed %s", SEED)
        .doesNotHaveDuplicates().hasSameSizeAs(written);
    assertThat(idsByKey(effects)).as("seed %s", SEED).isEqualTo(new History(written).idsByKey());
  }

  @Test
  void what_a_killed_group_leaves_registered_is_taken_over_by_the_next_member_and_removed_by_the_last()
      throws Exception {
    var database = database("registered");
    var stream = created("registered", 1);
    var written = new ArrayList<LogEntry>();
    append(stream, written, 50);
    var killed = member(database, stream, Reading.FAN_OUT);
    await("effects", () -> effects(database).size() >= 50);
    killed.destroyForcibly().waitFor();
    var left = consumers(stream);
    var ledger = new Ledger();

    try (var log = KinesisLog.at(streams.config().database(postgres.dataSource("registered"))
        .lease(Duration.ofSeconds(2)).reading(Reading.FAN_OUT).build())) {
      var next = new GroupMember("next", ledger, log, stream);
      await("the records to be pushed", () -> ledger.effects().size() >= 50);
      next.check();

      assertThat(left).extracting(Consumer::consumerName).containsExactly(stream + "-group");
      assertThat(consumers(stream)).isEqualTo(left);
      next.leave();
    }
    await("the consumer to be removed", () -> consumers(stream).isEmpty());
  }

  private static List<Consumer> consumers(StreamName stream) {
    var arn = new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build())).arn(stream);
    return streams.client().listStreamConsumers(request -> request.streamARN(arn)).join().consumers();
  }

  private static String database(String name) throws SQLException {
    try (var connection = postgres.createDatabase(name).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(GroupProcess.TABLES);
    }
    return name;
  }

  private static StreamName created(String name, int shards) {
    var stream = LocalStreams.name(name);
    try (var log = KinesisLog.at(streams.config().build())) {
      log.create(stream, shards);
    }
    return stream;
  }

  private Process member(String database, StreamName stream, Reading reading) throws IOException {
    var process = GroupProcess.start(folder.resolve("member-" + started.size() + ".log"), streams.endpoint(),
        postgres.jdbcUrl(database) + "?user=" + DevPostgres.USER, stream, reading);
    started.add(process);
    return process;
  }

  private static void append(StreamName stream, List<LogEntry> written, int size) {
    var entries = new ArrayList<LogEntry>();
    for (var i = 0; i < size; i++)
      entries.add(LocalStreams.entry(stream, "k" + i % 11, "e" + (written.size() + i)));
    streams.append(stream, entries);
    written.addAll(entries);
  }

  /** Key, id and owner of each, in the order in which they were committed. */
  private static List<List<String>> effects(String database) {
    try (var connection = postgres.dataSource(database).getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT key, id, owner FROM effect ORDER BY number")) {
      var effects = new ArrayList<List<String>>();
      while (rows.next())
        effects.add(List.of(rows.getString(1), rows.getString(2), rows.getString(3)));
      return effects;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, List<String>> idsByKey(List<List<String>> effects) {
    var ids = new TreeMap<String, List<String>>();
    for (var effect : effects)
      ids.computeIfAbsent(effect.get(0), _ -> new ArrayList<>()).add(effect.get(1));
    return ids;
  }

  private void await(String what, BooleanSupplier condition) throws IOException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline)
        throw new AssertionError("seed " + SEED + ": waited for " + what + "; the members said " + output());
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private String output() throws IOException {
    var output = new StringBuilder();
    try (var files = Files.list(folder)) {
      for (var file : files.sorted().toList())
        output.append(file.getFileName()).append('\n').append(Files.readString(file));
    }
    return output.toString();
  }
}
