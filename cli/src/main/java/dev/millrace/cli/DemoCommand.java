package dev.millrace.cli;

import dev.millrace.example.retail.Demo;
import dev.millrace.example.retail.DemoOptions;
import dev.millrace.example.retail.DemoReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The shop, end to end. */
@Command(name = "demo", description = "Runs a shop's year through services, log, stream app and views, on embedded servers, and reconciles every total.", footer = {
    "%nWithout --input the shop is a smaller, generated one. Exit code 0 says that every event is in every view.",
    "%nExamples:", "  millrace demo",
    "  millrace demo --input online-retail.csv.gz --exit-when-caught-up --report report.json",
    "  millrace demo --log kinesis --exit-when-caught-up"})
final class DemoCommand implements Callable<Integer> {
  private static final int DEFAULT_PORT = 8080;
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Console console;

  @Option(names = "--input", paramLabel = "FILE", description = "the invoices: CSV, gzipped or not")
  private @Nullable Path input;

  @Option(names = "--rate", paramLabel = "N|max", converter = Rate.class, defaultValue = "max", description = "rows a second; max (the default) for as fast as it goes")
  private OptionalLong rate = OptionalLong.empty();

  @Option(names = "--data-dir", paramLabel = "DIR", description = "keep the servers' data here, and go on with it another time; a temporary folder unless said")
  private @Nullable Path dataDir;

  @Option(names = "--exit-when-caught-up", description = "stop when every event is in every view")
  private boolean exitWhenCaughtUp;

  @Option(names = "--report", paramLabel = "FILE", description = "write the totals here, as JSON")
  private @Nullable Path report;

  @Option(names = "--http-port", paramLabel = "N", defaultValue = ""
      + DEFAULT_PORT, description = "where the HTTP API listens (default: ${DEFAULT-VALUE}); 0 for a free port")
  private int httpPort = DEFAULT_PORT;

  @Mixin
  private final LogOptions log = new LogOptions();

  @Option(names = "--create-streams", description = "create the streams that the shop needs also on Amazon's own service, where they cost money")
  private boolean createStreams;

  @Spec
  private @Nullable CommandSpec spec;

  @Mixin
  private final Output output = new Output();

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    var options = new DemoOptions(Optional.ofNullable(input), rate, Optional.ofNullable(dataDir),
        exitWhenCaughtUp, Optional.ofNullable(report), httpPort, logOfDemo());
    say("starting " + options.log().name() + ", PostgreSQL, the schema registry and the shop");
    options.log().limits().ifPresent(this::say);
    try (var stop = StopSignal.install();
        var demo = Demo.start(options, console.err(), Boolean.getBoolean("millrace.terminal.err"))) {
      say("the HTTP API is at " + demo.uri());
      var run = new FutureTask<>(demo::run);
      Thread.ofPlatform().name("demo").daemon().start(run);
      while (!run.isDone()) {
        if (stop.await(LOOK)) {
          run.cancel(true);
          say("stopping");
          return 0;
        }
      }
      var report = result(run);
      console.out().print(output.json() ? report.toJson() : report.toTable());
      console.out().flush();
      if (!exitWhenCaughtUp) {
        say("serving at " + demo.uri() + "/views until Ctrl-C; try: millrace view list country-revenue"
            + (httpPort == DEFAULT_PORT ? "" : " --url " + demo.uri()));
        while (!stop.await(LOOK)) {
          // the servers serve
        }
      }
      return report.reconciled() ? 0 : 1;
    }
  }

  private DemoOptions.Log logOfDemo() {
    return log.kinesis(Objects.requireNonNull(spec).commandLine())
        ? new DemoOptions.Log.Kinesis(log.endpoint(), createStreams)
        : new DemoOptions.Log.Kafka();
  }

  private static DemoReport result(FutureTask<DemoReport> run) throws Exception {
    try {
      return run.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause)
        throw cause;
      throw e;
    }
  }

  private void say(String text) {
    console.err().println("millrace: " + text);
    console.err().flush();
  }

  /** Reads a rate: a number, or {@code max} for none. */
  static final class Rate implements ITypeConverter<OptionalLong> {
    @Override
    public OptionalLong convert(String text) {
      return "max".equals(text) ? OptionalLong.empty() : OptionalLong.of(new Count().convert(text));
    }
  }
}
