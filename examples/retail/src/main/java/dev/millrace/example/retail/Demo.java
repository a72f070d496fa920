package dev.millrace.example.retail;

import dev.millrace.connect.OutboxRelay;
import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.DevRuntime;
import dev.millrace.example.retail.DemoOptions.Log;
import dev.millrace.runtime.MillraceRuntime;
import dev.millrace.runtime.Settings;
import dev.millrace.view.Projection;
import dev.millrace.view.ViewStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The whole shop in one process: the embedded servers, the services, the relay, the stream app, the views and the HTTP API.
 * {@link #run} is called once; closing stops everything, and may be called from any thread.
 */
public final class Demo implements AutoCloseable {
  static final List<Projection<?>> VIEWS = List.of(CountryRevenue.VIEW, CustomerSummary.VIEW,
      ProductSales.VIEW,
      DailySales.VIEW, OrderDetails.VIEW);

  private static final Duration REFRESH = Duration.ofMillis(250);
  /** What a view is behind costs Kinesis some calls for each of its shards, of which a local server has few to give. */
  private static final Duration REFRESH_ON_KINESIS = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);
  private static final int PARTITIONS = 4;

  private final DemoOptions options;
  private final Input input;
  private final DemoScreen screen;
  private final DevRuntime servers;
  private final MillraceRuntime runtime;
  private final boolean enriched;
  private final Duration refresh;
  private final Tally tally;
  private volatile boolean hurried;
  private boolean closed;

  private Demo(DemoOptions options, Input input, DemoScreen screen, DevRuntime servers,
      MillraceRuntime runtime) {
    this.options = options;
    this.input = input;
    this.screen = screen;
    this.servers = servers;
    this.runtime = runtime;
    this.enriched = options.log() instanceof Log.Kafka;
    this.refresh = enriched ? REFRESH : REFRESH_ON_KINESIS;
    this.tally = new Tally(enriched);
  }

  /**
   * Starts the servers and what runs on them; the services do not begin yet.
   *
   * @param progress where the progress is shown, drawn anew where it is a terminal
   * @throws IOException where the input cannot be read
   */
  public static Demo start(DemoOptions options, PrintWriter progress, boolean terminal) throws IOException {
    var input = Input.of(options.input());
    var builder = DevRuntime.builder();
    options.dataDir().ifPresent(builder::dataDir);
    if (options.log() instanceof Log.Kinesis kinesis)
      kinesis.endpoint().ifPresentOrElse(builder::kinesis, builder::kinesis);
    var servers = builder.start();
    try {
      servers.postgres().createDatabase("sales");
      var runtime = MillraceRuntime.builder().settings(settings(options, servers))
          .relay(log -> OutboxRelay.builder().name("sales").log(log)
              .database(servers.postgres().jdbcUrl("sales"), DevPostgres.USER, "").build());
      if (options.log() instanceof Log.Kafka)
        runtime.projections(VIEWS).app(OrderDetailsApp.APP);
      else
        runtime.projections(VIEWS.stream().filter(view -> view != OrderDetails.VIEW).toList());
      return new Demo(options, input, new DemoScreen(progress, terminal), servers, started(runtime));
    } catch (RuntimeException e) {
      servers.close();
      throw e;
    }
  }

  /** Answers when every view can be read, or its keeper says why not. */
  private static MillraceRuntime started(MillraceRuntime.Builder builder) {
    var runtime = builder.start();
    try {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (runtime.views().stream().anyMatch(view -> view.state() == ViewStatus.State.NEW)) {
        if (System.nanoTime() > deadline)
          throw new IllegalStateException("the views were not there within " + PATIENCE);
        LockSupport.parkNanos(LOOK_EVERY.toNanos());
      }
      return runtime;
    } catch (RuntimeException e) {
      runtime.close();
      throw e;
    }
  }

  private static Settings settings(DemoOptions options, DevRuntime servers) throws IOException {
    var settings = Settings.builder().environment(servers.environment())
        .postgres(servers.postgres().jdbcUrl(), DevPostgres.USER, "").http("127.0.0.1", options.httpPort())
        .partitions(PARTITIONS).stateDirectory(servers.dataDir().resolve("streams"));
    if (options.log() instanceof Log.Kinesis kinesis) {
      settings.kinesisAggregation(true);
      if (kinesis.endpoint().isPresent())
        settings.kinesisStreamPrefix(prefix(servers.dataDir()));
      if (kinesis.createStreams())
        settings.createStreams(true);
    }
    return settings.build();
  }

  /** Sets the streams of this data folder apart from those of others on a Kinesis that is not ours alone. */
  private static String prefix(Path dataDir) throws IOException {
    var file = dataDir.resolve("stream-prefix");
    if (Files.notExists(file))
      Files.writeString(file,
          "demo-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()) + "-");
    return Files.readString(file);
  }

  /** Where the HTTP API is. */
  public URI uri() {
    return runtime.uri();
  }

  /**
   * Runs the services over the whole input, waits until every event is in every view, and holds the views against what was
   * read. Writes the report where the options say so.
   *
   * @throws InterruptedException where the caller does not want to wait any longer
   */
  public DemoReport run() throws InterruptedException, IOException, SQLException {
    long started = System.nanoTime();
    var services = new FutureTask<>(this::serve);
    Thread.ofPlatform().name("shop").daemon().start(services);
    watch(services, started);
    var reckoning = new Reckoning(runtime.log(), servers.postgres().dataSource(), enriched);
    awaitViews(reckoning, started);
    var report = report(reckoning, Duration.ofNanos(System.nanoTime() - started));
    if (options.report().isPresent())
      Files.writeString(options.report().get(), report.toJson());
    return report;
  }

  /** From now on the services go as fast as they can, whatever was asked for. */
  void hurry() {
    hurried = true;
  }

  @Override
  public synchronized void close() {
    if (closed)
      return;
    closed = true;
    runtime.close();
    servers.close();
  }

  private @Nullable Void serve() throws IOException, SQLException {
    var rejects = options.dataDir().map(folder -> folder.resolve("rejects.csv"))
        .orElse(Path.of("millrace-rejects.csv"));
    var sales = new SalesService(servers.postgres().dataSource("sales"), runtime.codec());
    try (var file = new RejectsFile(rejects);
        var shop = new Shop(runtime.log(), runtime.codec(), sales, tally)) {
      shop.run(input, file, () -> hurried ? OptionalLong.empty() : options.rowsPerSecond());
    }
    return null;
  }

  /** Shows the progress until the services are done. */
  private void watch(FutureTask<?> services, long started)
      throws InterruptedException, IOException, SQLException {
    while (true) {
      try {
        services.get(refresh.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException stillAtWork) {
        show(started);
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case IOException cause -> throw cause;
          case SQLException cause -> throw cause;
          case RuntimeException cause -> throw cause;
          case null, default -> throw new IllegalStateException("the shop has stopped", e.getCause());
        }
      }
    }
  }

  /** Waits until the views have everything, or nothing has moved for a while; what is missing is in the report then. */
  private void awaitViews(Reckoning reckoning, long started) throws InterruptedException, SQLException {
    long moved = System.nanoTime();
    long eventsBefore = -1;
    while (System.nanoTime() - moved < PATIENCE.toNanos()) {
      var views = show(started);
      if (views.stream().allMatch(view -> view.lag() == 0) && reckoning.viewProblems(tally.read()).isEmpty())
        return;
      long events = views.stream().mapToLong(ViewStatus::events).sum();
      if (events != eventsBefore)
        moved = System.nanoTime();
      eventsBefore = events;
      TimeUnit.NANOSECONDS.sleep(refresh.toNanos());
    }
  }

  private List<ViewStatus> show(long started) {
    var views = runtime.views();
    var read = tally.read();
    screen.show(new DemoScreen.Moment(input.progress(), read.rowsPublished() + read.rowsRejected(),
        Duration.ofNanos(System.nanoTime() - started), views));
    return views;
  }

  private DemoReport report(Reckoning reckoning, Duration taken) throws SQLException {
    var read = tally.read();
    var events = reckoning.eventsByType(enriched ? Shop.STREAMS : Shop.SERVICES);
    long published = events.values().stream().mapToLong(Long::longValue).sum();
    var views = runtime.views();
    var problems = reckoning.problems(read, events, views);
    double seconds = taken.toMillis() / 1000.0;
    return new DemoReport(input.identity(), read.rowsPublished() + read.rowsRejected(), read.rowsPublished(),
        read.rowsRejected(), events, published, seconds, published / Math.max(0.001, seconds),
        views.stream().map(DemoReport.View::of).toList(),
        reckoning.figure("SELECT sum(revenue) FROM views.country_revenue"),
        reckoning.figure("SELECT sum(sales) FROM views.country_revenue"),
        reckoning.figure("SELECT sum(cancelled) FROM views.country_revenue"), problems);
  }
}
