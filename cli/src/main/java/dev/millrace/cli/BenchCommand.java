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
    "  millrace bench publish --log kinesis"})
final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "BENCH", description = "codec, publish, project, rebuild or end-to-end")
  private String bench = "";

  @Option(names = "--events", paramLabel = "N", converter = Count.class, description = "how many events one run takes")
  private @Nullable Integer events;

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
    Benches.run(name(), events == null ? OptionalLong.empty() : OptionalLong.of(events), output.json(),
        console.out(), step -> {
          console.err().println(step);
          console.err().flush();
        });
    return 0;
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
    return onLog;
  }

  private ParameterException refused(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }
}
