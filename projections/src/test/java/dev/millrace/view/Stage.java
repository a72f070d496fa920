package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.view.Shop.Line;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.sql.DataSource;
import org.awaitility.core.ConditionFactory;

/** What a test of a runner needs: a stream and a database of its own, on the real servers. */
final class Stage implements AutoCloseable {
  /** How long a test waits for the product before it fails: a deadline for hangs, not an expectation. */
  static final Duration DEADLINE = Duration.ofMinutes(3);

  final StreamName stream = StreamName.of(SharedServers.uniqueName("orders"));
  final Shop shop = Shop.on(stream.value());
  final DataSource database = SharedServers.createDatabase();
  final EventLog log;
  final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());
  private final LogWriter writer;
  private final List<CompletableFuture<Receipt>> pending = new ArrayList<>();
  private final List<Runner> runners = new ArrayList<>();

  Stage(int partitions) {
    this(TestedLog.CHOSEN::open, partitions);
  }

  /** On a log of the test's own. */
  Stage(Function<DataSource, EventLog> log, int partitions) {
    this.log = log.apply(database);
    this.writer = this.log.writer();
    this.log.create(stream, partitions);
  }

  /** Starts to wait for a condition, which may throw {@link ViewException} until it holds. */
  static ConditionFactory eventually() {
    return await().ignoreExceptionsInstanceOf(ViewException.class);
  }

  static Placed placed(String order, String country, String total, long number) {
    return new Placed(order, country, List.of(new Line("P" + number % 5, number)),
        new BigDecimal(total).setScale(3), number);
  }

  <E extends Event> void append(EventType<E> type, E event) {
    append(type.keyOf(event), codec.encode(type, event));
  }

  void append(String key, byte[] payload) {
    append(key, payload, Instant.now());
  }

  void append(String key, byte[] payload, Instant happened) {
    var envelope = Envelope.of(UUID.randomUUID().toString(), "/tests", "test.shop.Placed", happened, key);
    pending.add(writer.append(new LogEntry(stream, key, envelope, payload)));
  }

  /** Appends an event as often as a writer might that was not told of its success. */
  <E extends Event> void append(EventType<E> type, E event, int times) {
    var envelope = Envelope.of(UUID.randomUUID().toString(), "/tests", type.name(), Instant.now(),
        type.keyOf(event));
    var entry = new LogEntry(stream, type.keyOf(event), envelope, codec.encode(type, event));
    for (int i = 0; i < times; i++)
      pending.add(writer.append(entry));
  }

  void place(Placed... placed) {
    for (var one : placed)
      append(shop.placed(), one);
    writer.flush();
  }

  void flush() {
    writer.flush();
    pending.forEach(CompletableFuture::join);
    pending.clear();
  }

  Runner.Builder runner(Projection<?> projection) {
    return Runner.of(projection).log(log).codec(codec).database(database);
  }

  Runner run(Runner.Builder builder) {
    var runner = builder.build().start();
    runners.add(runner);
    return runner;
  }

  <R extends Record> List<R> rows(Projection<R> projection) {
    return ReadModel.of(projection, database).query(Query.all().limit(Query.MOST_ROWS)).rows();
  }

  /** Waits until a runner has read all that is in the log now. Fails as soon as the runner stops for good. */
  void caughtUp(Runner runner) {
    flush();
    var end = log.end(runner.projection().streams());
    eventually().failFast(() -> {
      var health = runner.health();
      assertThat(health.state()).as("%s: %s", runner.projection(), health.message())
          .isNotEqualTo(ViewStatus.State.FAILED);
    }).untilAsserted(() -> assertThat(runner.hasReached(end))
        .as("%s has reached %s, %s", runner.projection(), end, runner.health()).isTrue());
  }

  /** One line a parked record: position, key, reason. */
  List<String> parked() {
    return strings(
        "SELECT \"position\" || ' ' || key || ' ' || reason FROM millrace.parked ORDER BY \"partition\","
            + " length(\"position\"), \"position\"");
  }

  List<String> strings(String sql) {
    return Transaction.run(database, sql, connection -> {
      var strings = new ArrayList<String>();
      try (var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
        while (rows.next())
          strings.add(rows.getString(1));
      }
      return strings;
    });
  }

  @Override
  public void close() {
    runners.forEach(Runner::close);
    writer.close();
    log.close();
  }
}
