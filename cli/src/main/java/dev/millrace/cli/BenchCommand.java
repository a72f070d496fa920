package dev.millrace.cli;

import dev.millrace.bench.Benches;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The figures that the README quotes. */
@Command(name = "bench", description = "Measures Millrace beside its peers, in turn, on this machine.", footer = {
    "%nExamples:", "  millrace bench codec", "  millrace bench publish --events 500000 -o json",
    "  millrace bench publish --log kinesis", "  millrace bench rebuild --events 5000000 --keys 500000"})
final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "BENCH", description = "codec, publish, project, rebuild, rebuild-freshness or end-to-end")
  private String bench = "";

  @Option(names = "--events", paramLabel = "N", converter = Count.class, description = "how many events one run takes")
  private @Nullable Integer events;

  @Option(names = "--keys", paramLabel = "K", converter = Count.class, description = "rebuild: how many keys they are of, and so how many rows")
  private @Nullable Integer keys;

  @Option(names = "--curve", description = "rebuild: the cost of an event as the history grows to N; takes long")
  private boolean curve;

  @Option(names = "--log", paramLabel = "LOG", defaultValue = "kafka", description = "${COMPLETION-CANDIDATES}: the log to publish to")
  private LogOptions.Kind log = LogOptions.Kind.kafka;

  @Spec
  private @Nullable CommandSpec spec;

  @Mixin
  private final Output output = new Output();

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    Benches.run(name(), optional(events), optional(keys), output.json(), console.out(), step -> {
      console.err().println(step);
      console.err().flush();
    });
    return 0;
  }

  private static OptionalLong optional(@Nullable Integer count) {
    return count == null ? OptionalLong.empty() : OptionalLong.of(count);
  }

  private String name() {
    var names = Benches.names();
    if (!names.contains(bench)) {
      throw refused("there is no bench '" + bench + "': take one of " + names);
    }
    var onLog = log == LogOptions.Kind.kafka ? bench : bench + "-" + log;
    if (!names.contains(onLog)) {
      throw refused("the bench " + bench + " has no --log " + log + ": leave it out");
    }
    if (keys != null && (curve || !bench.equals("rebuild"))) {
      throw refused("only the bench rebuild without --curve has --keys: leave it out");
    }
    if (curve && !names.contains(onLog + "-curve")) {
      throw refused("the bench " + bench + " has no --curve: leave it out");
    }
    return curve ? onLog + "-curve" : onLog;
  }

  private ParameterException refused(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }
}
