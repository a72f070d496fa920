package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.SharedServers;
import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.KinesisLogConfig.Reading;
import dev.millrace.log.tck.History;
import dev.millrace.log.tck.Ledger;
import dev.millrace.test.ForkedJvm;
import dev.millrace.test.Randomized;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import software.amazon.awssdk.services.kinesis.model.Consumer;

/** Members of a group whose processes are killed, as {@code kill -9} does. */
@Tag("acceptance")
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class KilledMemberTest {
  private static final int ROUNDS = Randomized.rounds(1, 2);
  private static final Duration LATEST_KILL = Duration.ofMillis(300);
  private static LocalStreams streams;

  private final List<ForkedJvm> started = new ArrayList<>();

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
  }

  @AfterAll
  static void stop() {
    streams.close();
  }

  @AfterEach
  void leaveNothingRunning() {
    started.forEach(ForkedJvm::close);
  }

  @Test
  void whoever_of_a_group_is_killed_each_record_has_one_effect_and_each_key_its_order() {
    var random = Randomized.random();
    var database = database();
    var stream = created("killed", 3);
    var written = new ArrayList<LogEntry>();
    var members = new ArrayList<>(
        List.of(member(database, stream, Reading.POLLING), member(database, stream, Reading.POLLING)));
    // Both have a part in it before one of them is killed, however long the other takes to start.
    await("a part for both", members, () -> {
      if (number("count(*)", database) == written.size())
        append(stream, written, 30);
      return number("count(DISTINCT owner)", database) == 2;
    });

    for (var round = 0; round < ROUNDS; round++) {
      append(stream, written, 300);
      var victim = members.get(random.nextInt(members.size()));
      // One in four is killed while it starts, or waits; the others while they work.
      if (random.nextInt(4) > 0) {
        var some = written.size() - 300 + 1 + random.nextInt(150);
        await("some effects", members, () -> number("count(*)", database) >= some);
      }
      LockSupport.parkNanos(random.nextLong(LATEST_KILL.toNanos()));
      assertThat(victim.isAlive()).as("%s: it ended by itself: %s", Randomized.repeat(), victim).isTrue();
      victim.kill();
      members.remove(victim);
      append(stream, written, 100);
      streams.resharding().any(stream, random);
      members.add(member(database, stream, Reading.POLLING));
    }
    append(stream, written, 100);
    await("all effects", members, () -> number("count(*)", database) >= written.size());

    var effects = effects(database);
    assertThat(effects.stream().map(effect -> effect.get(1)).toList()).as(Randomized.repeat())
        .doesNotHaveDuplicates().hasSameSizeAs(written);
    assertThat(idsByKey(effects)).as(Randomized.repeat()).isEqualTo(new History(written).idsByKey());
  }

  @Test
  void what_a_killed_group_leaves_registered_is_taken_over_by_the_next_member_and_removed_by_the_last() {
    var database = database();
    var stream = created("registered", 1);
    var written = new ArrayList<LogEntry>();
    append(stream, written, 50);
    var killed = member(database, stream, Reading.FAN_OUT);
    killed.await("effects", () -> number("count(*)", database) >= 50);
    killed.kill();
    var left = consumers(stream);
    var ledger = new Ledger();

    try (var log = KinesisLog.at(streams.config().database(SharedServers.postgres().dataSource(database))
        .lease(Duration.ofSeconds(2)).reading(Reading.FAN_OUT).build())) {
      var next = new GroupMember("next", ledger, log, stream);
      GroupMember.await("the records to be pushed", () -> ledger.effects().size() >= 50, next);

      assertThat(left).extracting(Consumer::consumerName).containsExactly(stream + "-group");
      assertThat(consumers(stream)).isEqualTo(left);
      next.leave();
    }
    Awaitility.await("the consumer to be removed").until(() -> consumers(stream).isEmpty());
  }

  private static List<Consumer> consumers(StreamName stream) {
    var arn = new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build())).arn(stream);
    return streams.client().listStreamConsumers(request -> request.streamARN(arn)).join().consumers();
  }

  /** Creates a database with the tables of {@link GroupProcess}, and returns its name. */
  private static String database() {
    var name = SharedServers.uniqueName("killed_member");
    try (var connection = SharedServers.postgres().createDatabase(name).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(GroupProcess.TABLES);
    } catch (SQLException e) {
      throw new AssertionError(e);
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

  private ForkedJvm member(String database, StreamName stream, Reading reading) {
    var url = SharedServers.postgres().jdbcUrl(database) + "?user=" + DevPostgres.USER;
    var process = GroupProcess.start(streams.endpoint(), url, stream, reading);
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

  /** Returns what a query on all effects counts. */
  private static int number(String count, String database) {
    try (var connection = SharedServers.postgres().dataSource(database).getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT " + count + " FROM effect")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Key, id and owner of each, in the order in which they were committed. */
  private static List<List<String>> effects(String database) {
    try (var connection = SharedServers.postgres().dataSource(database).getConnection();
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

  /** Waits until a condition holds. Throws an {@link AssertionError} when one of the members ends before that. */
  private void await(String what, List<ForkedJvm> members, Callable<Boolean> condition) {
    try {
      Awaitility.await(what)
          .failFast("a member ended", () -> members.stream().anyMatch(member -> !member.isAlive()))
          .until(condition);
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      throw new AssertionError(
          Randomized.repeat() + ": while waiting for " + what + ": " + e.getMessage() + "\n" + started, e);
    }
  }
}
