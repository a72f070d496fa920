package dev.millrace.example.retail;

import static dev.millrace.view.AtLeast.atLeast;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.SharedServers;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.WriteToken;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.publish.Outbox;
import dev.millrace.publish.Publisher;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.schema.Finding;
import dev.millrace.schema.Level;
import dev.millrace.schema.SchemaCheck;
import dev.millrace.streams.Found;
import dev.millrace.streams.StreamApp;
import dev.millrace.testkit.ProcessorTest;
import dev.millrace.view.DeadLetters;
import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.Keeper;
import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import dev.millrace.view.ReadModel;
import dev.millrace.view.Rebuild;
import dev.millrace.view.Redrive;
import dev.millrace.view.Redriven;
import dev.millrace.view.Runner;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.apache.avro.Schema;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import shop.catalog.ProductKind;
import shop.catalog.ProductListed;
import shop.ledger.DebtAdjusted;
import shop.sales.EnrichedLine;
import shop.sales.OrderEnriched;
import shop.sales.OrderLine;
import shop.sales.OrderPlaced;

/** Runs what the README shows; and holds the README to it, word for word. */
class ReadmeTest {
  private static final Path ROOT = Path.of("../..");
  private static final OrderPlaced ORDER = new OrderPlaced("536365", "17850", "United Kingdom",
      LocalDateTime.parse("2010-12-01T08:26:00"),
      List.of(new OrderLine("85123A", 6, new BigDecimal("2.550"))), "GBP");

  private static final DevKafka KAFKA = SharedServers.kafka();
  private static final DataSource DATABASE = SharedServers.createDatabase();

  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());
  private final DataSource database = DATABASE;

  @BeforeAll
  static void createStreams() {
    try (var log = KafkaLog.at(KafkaLogConfig.of(KAFKA.bootstrapServers()))) {
      Shop.STREAMS.forEach(stream -> log.create(stream, 2));
    }
  }

  @Test
  void the_readme_shows_what_is_run_here() throws IOException {
    var shown = new TreeMap<String, String>();
    var blocks = Pattern.compile("<!-- snippet: ([a-z-]+) -->\n```java\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(ROOT.resolve("README.md")));
    while (blocks.find()) {
      shown.put(blocks.group(1), blocks.group(2).strip());
    }
    var run = new TreeMap<String, String>();
    var regions = Pattern.compile("// snippet: ([a-z-]+)\n(.*?)\n *// end", Pattern.DOTALL)
        .matcher(Files.readString(Path.of("src/test/java/dev/millrace/example/retail/ReadmeTest.java")));
    while (regions.find()) {
      run.put(regions.group(1), regions.group(2).stripIndent().strip());
    }

    assertThat(shown).isEqualTo(run);
  }

  @Test
  void publish_an_event() {
    // snippet: publish
    try (var log = KafkaLog.at(KafkaLogConfig.of(KAFKA.bootstrapServers()));
        var publisher = Publisher.builder(log.writer(), codec).source("/sales").build()) {
      Receipt receipt = publisher.publish(ORDER).join();
      System.out.println("in " + receipt.partition() + " at " + receipt.position());
    }
    // end

    try (var log = log()) {
      assertThat(log.lag(Set.of(StreamName.of("sales.orders")), Cursor.start())).isPositive();
    }
  }

  @Test
  void append_to_the_outbox() throws Exception {
    try (var connection = database.getConnection()) {
      Outbox.createTable(connection);
      connection.createStatement().execute("CREATE TABLE IF NOT EXISTS orders (id text)");
    }
    // snippet: outbox
    Outbox outbox = Outbox.builder(codec).source("/sales").build();
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      insertOrder(connection, ORDER);
      outbox.append(connection, ORDER);
      connection.commit();
    }
    // end

    try (var connection = database.getConnection();
        var rows = connection.createStatement()
            .executeQuery("SELECT count(*) FROM millrace_outbox WHERE type = 'shop.sales.OrderPlaced'")) {
      rows.next();
      assertThat(rows.getLong(1)).isEqualTo(1);
    }
  }

  @Test
  void run_a_stream_app() {
    // snippet: stream-app
    StreamApp orderDetails = StreamApp.named("order-details")
        .reads(OrderPlaced.TYPE).table(ProductListed.TYPE).writes(OrderEnriched.TYPE)
        .topology(streams -> streams.to(OrderEnriched.TYPE,
            streams.enrich(OrderPlaced.TYPE, streams.stream(OrderPlaced.TYPE))
                .withAll(ProductListed.TYPE, order -> stockCodes(order))
                .by((order, found) -> withNames(order, found))));
    // end

    var lamp = new ProductListed("85123A", "LAMP", new BigDecimal("2.550"), ORDER.placedAt(),
        ProductKind.MERCHANDISE);
    try (var test = ProcessorTest.of(orderDetails)) {
      test.given(lamp).when(ORDER).thenPublishes(new OrderEnriched("536365", "17850", null, "United Kingdom",
          ORDER.placedAt(), List.of(new EnrichedLine("85123A", "LAMP", 6, new BigDecimal("2.550")))));
    }
  }

  // snippet: projection
  record Revenue(@Key String country, long orders, BigDecimal total) {
    static final Projection<Revenue> VIEW = Projection.named("revenue")
        .of(Revenue.class, (String country) -> new Revenue(country, 0, BigDecimal.ZERO))
        .on(OrderPlaced.TYPE, OrderPlaced::country, (row, order) -> row.plus(totalOf(order)))
        .build();

    Revenue plus(BigDecimal amount) {
      return new Revenue(country, orders + 1, total.add(amount));
    }
  }
  // end

  @Test
  void keep_a_view_and_rebuild_it() {
    try (var log = log(); var publisher = Publisher.builder(log.writer(), codec).source("/sales").build()) {
      publisher.publish(ORDER).join();
      // snippet: read
      try (var runner = Runner.of(Revenue.VIEW).log(log).codec(codec).database(database).build().start()) {
        await(() -> runner.status().events() > 0 && runner.status().lag() == 0);
        ReadModel<Revenue> revenue = ReadModel.of(Revenue.VIEW, database);
        System.out.println(revenue.get("United Kingdom"));
      }
      // end

      // snippet: rebuild
      try (var rebuild = Rebuild.of(Revenue.VIEW).log(log).codec(codec).database(database).start()) {
        rebuild.awaitCaughtUp(Duration.ofMinutes(1));
        if (rebuild.compare().same())
          rebuild.promote(); // and, if it was a mistake: rebuild.rollback()
      }
      // end
    }

    var row = ReadModel.of(Revenue.VIEW, database).get("United Kingdom").orElseThrow();
    assertThat(row.total()).isEqualByComparingTo(totalOf(ORDER).multiply(BigDecimal.valueOf(row.orders())));
  }

  @Test
  void do_something_once() throws SQLException {
    try (var connection = database.getConnection()) {
      Outbox.createTable(connection);
    }
    // snippet: effect
    Outbox outbox = Outbox.builder(codec).source("/revenue").build();
    Projection<Revenue> announced = Projection.named("announced-revenue")
        .of(Revenue.class, (String country) -> new Revenue(country, 0, BigDecimal.ZERO))
        .on(OrderPlaced.TYPE, OrderPlaced::country, (row, order) -> row.plus(totalOf(order)))
        .effect(OrderPlaced.TYPE, (order, record, connection) -> outbox.append(connection, debtOf(order),
            envelope -> envelope.causedBy(record.envelope())))
        .build();
    // end

    try (var log = log();
        var publisher = Publisher.builder(log.writer(), codec).source("/sales").build();
        var _ = Keeper.of(Runner.of(announced).log(log).codec(codec).database(database)).start()) {
      // Effects begin where the log ends when they are first kept.
      await(() -> publisher.publish(ORDER).join() != null && saidInOutbox("shop.ledger.DebtAdjusted") > 0);
    }
  }

  private long saidInOutbox(String type) {
    try (var connection = database.getConnection();
        var count = connection.prepareStatement("SELECT count(*) FROM millrace_outbox WHERE type = ?")) {
      count.setString(1, type);
      try (var rows = count.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DebtAdjusted debtOf(OrderPlaced order) {
    return new DebtAdjusted(order.orderId(), order.country(), totalOf(order), order.placedAt());
  }

  @Test
  void read_what_was_written() {
    try (var log = log();
        var publisher = Publisher.builder(log.writer(), codec).source("/sales").build();
        var runner = Runner.of(Revenue.VIEW).log(log).codec(codec).database(database).build().start()) {
      await(() -> runner.generation().isPresent());
      // snippet: read-your-writes
      ReadModel<Revenue> revenue = ReadModel.of(Revenue.VIEW, database, log);
      Receipt receipt = publisher.publish(ORDER).join();
      System.out.println(revenue.get("United Kingdom", atLeast(receipt).within(Duration.ofSeconds(30))));
      // end

      var token = receipt.token();
      assertThat(WriteToken.parse(token.text())).isEqualTo(token);
      assertThat(revenue.get("United Kingdom", atLeast(token).within(Duration.ZERO))).isPresent();
    }
  }

  @Test
  void mend_what_was_parked() {
    assertThat(codec.encode(ORDER)).as("the registry knows what others have published").isNotEmpty();
    try (var log = log(); var writer = log.writer()) {
      var envelope = Envelope.of("broken", "/sales", OrderPlaced.TYPE.name(), Instant.EPOCH, "broken");
      writer.append(new LogEntry(StreamName.of(OrderPlaced.TYPE.stream()), "broken", envelope, new byte[]{9}))
          .join();
      try (var runner = Runner.of(Revenue.VIEW).log(log).codec(codec).database(database).build().start()) {
        await(() -> runner.status().parked() > 0);
      }
    }
    // snippet: redrive
    DeadLetters letters = DeadLetters.of(Revenue.VIEW).codec(codec).database(database).build();
    letters.groups(Filter.ALL).forEach(System.out::println);
    Redriven redriven = letters.redrive(Redrive.of(Filter.ALL).atRate(500));
    redriven.queues().forEach(System.out::println);
    // end

    assertThat(redriven.queues()).extracting(Redriven.Queue::key).containsExactly("broken");
    letters.discard(Redrive.of(Filter.ALL), "tests", "no event");
    assertThat(letters.groups(Filter.ALL)).isEmpty();
  }

  @Test
  void evolve_a_schema() {
    Schema published = OrderPlaced.TYPE.versions().getFirst();
    Schema next = OrderPlaced.TYPE.newest();
    // snippet: evolve
    List<Finding> findings = SchemaCheck.between(published, next, Level.FULL);
    findings.forEach(System.out::println);
    // end

    assertThat(SchemaCheck.forbids(findings)).isFalse();
  }

  private EventLog log() {
    return KafkaLog.at(KafkaLogConfig.of(KAFKA.bootstrapServers()));
  }

  private static void insertOrder(Connection connection, OrderPlaced order) throws SQLException {
    try (var insert = connection.prepareStatement("INSERT INTO orders VALUES (?)")) {
      insert.setString(1, order.orderId());
      insert.executeUpdate();
    }
  }

  private static Set<String> stockCodes(OrderPlaced order) {
    return order.lines().stream().map(OrderLine::stockCode).collect(Collectors.toSet());
  }

  private static OrderEnriched withNames(OrderPlaced order, Found found) {
    var lines = order.lines().stream().map(line -> new EnrichedLine(line.stockCode(),
        found.one(ProductListed.TYPE, line.stockCode()).map(ProductListed::description).orElse(null),
        line.quantity(),
        line.unitPrice())).toList();
    return new OrderEnriched(order.orderId(), order.customerId(), null, order.country(), order.placedAt(),
        lines);
  }

  private static BigDecimal totalOf(OrderPlaced order) {
    return Money.of(order.lines());
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().until(condition);
  }
}
