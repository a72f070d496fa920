package dev.millrace.runtime;

import static dev.millrace.runtime.StartException.Code.PORT_TAKEN;

import dev.millrace.connect.OutboxRelay;
import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import dev.millrace.streams.StreamApp;
import dev.millrace.view.Projection;
import dev.millrace.view.ViewStatus;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A running Millrace: views, stream apps and relays hosted, the HTTP API open. Started inside any program.
 *
 * {@snippet :
 * try (var runtime = MillraceRuntime.builder().settings(Settings.fromEnvironment(System.getenv()))
 *     .projection(countryRevenue).start()) {
 *   runtime.await();
 * }
 * }
 *
 * <p>Safe for use by many threads.
 */
public final class MillraceRuntime implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ApplicationContext context;
  private final EmbeddedServer server;
  private final CountDownLatch closed = new CountDownLatch(1);

  private MillraceRuntime(ApplicationContext context, EmbeddedServer server) {
    this.context = context;
    this.server = server;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What to run, and where. Not safe for use by many threads. */
  public static final class Builder {
    private final List<Projection<?>> projections = new ArrayList<>();
    private final List<Parts.App> apps = new ArrayList<>();
    private final List<Function<EventLog, OutboxRelay>> relays = new ArrayList<>();
    private Optional<Settings> settings = Optional.empty();

    private Builder() {}

    /** The settings; those of the environment and of application.yml where nothing is said. */
    public Builder settings(Settings settings) {
      this.settings = Optional.of(settings);
      return this;
    }

    /** Keeps this view, and answers from it. */
    public Builder projection(Projection<?> projection) {
      projections.add(projection);
      return this;
    }

    public Builder projections(Collection<? extends Projection<?>> projections) {
      this.projections.addAll(projections);
      return this;
    }

    /** Runs this stream app. */
    public Builder app(StreamApp app) {
      apps.add(new Parts.App(app, ""));
      return this;
    }

    /**
     * Runs this stream app, if its topology is the one that the lock has.
     *
     * @param lock the text of the app's {@code .topology} file
     */
    public Builder app(StreamApp app, String lock) {
      apps.add(new Parts.App(app, lock));
      return this;
    }

    /** Brings a service's outbox to the log: {@code log -> OutboxRelay.builder().name("sales").log(log)….build()}. */
    public Builder relay(Function<EventLog, OutboxRelay> relay) {
      relays.add(relay);
      return this;
    }

    /**
     * Asks whether the servers are there, opens the HTTP API, then starts what is hosted. Where nothing is said to host,
     * what is found as beans is hosted.
     *
     * @throws StartException with all that is wrong; nothing is left running
     */
    public MillraceRuntime start() {
      var builder = ApplicationContext.builder().banner(false).deduceEnvironment(false);
      settings.ifPresent(set -> builder.singletons(set).properties(Map.of(
          "micronaut.server.host", set.httpHost(), "micronaut.server.port",
          set.httpPort() == 0 ? -1 : set.httpPort())));
      if (!projections.isEmpty() || !apps.isEmpty() || !relays.isEmpty())
        builder.singletons(new Parts(projections, apps, relays));
      var context = builder.build();
      try {
        context.start();
        context.getBean(Servers.class).require(PATIENCE);
        var server = context.getBean(EmbeddedServer.class);
        server.start();
        return new MillraceRuntime(context, server);
      } catch (RuntimeException e) {
        context.close();
        throw startException(e);
      }
    }

    // the framework wraps what a bean's maker threw: the reason is inside
    private static RuntimeException startException(RuntimeException failure) {
      Throwable root = failure;
      for (@Nullable
      Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof StartException known)
          return known;
        if (cause instanceof BindException) {
          return new StartException(PORT_TAKEN, "the HTTP API cannot listen: " + failure.getMessage()
              + "; stop what does, or set millrace.http.port (MILLRACE_HTTP_PORT), 0 for a free one",
              failure);
        }
        root = cause;
      }
      return new StartException(StartException.Code.PART, "not started: " + root.getMessage(), failure);
    }
  }

  /** Where the HTTP API is. */
  public URI uri() {
    return server.getURI();
  }

  /** The log; closed with the runtime. */
  public EventLog log() {
    return context.getBean(EventLog.class);
  }

  /** The codec, on the runtime's registry. */
  public EventCodec codec() {
    return context.getBean(EventCodec.class);
  }

  /** How each view is, by name; asks the database and the log. */
  public List<ViewStatus> views() {
    return context.getBean(Views.class).statuses();
  }

  /** Waits until the runtime is closed. */
  public void await() throws InterruptedException {
    closed.await();
  }

  /** Stops the HTTP API and what is hosted, in the order in which nothing is lost, and waits for that. */
  @Override
  public void close() {
    context.getBean(Host.class).stop();
    context.close();
    closed.countDown();
  }
}
