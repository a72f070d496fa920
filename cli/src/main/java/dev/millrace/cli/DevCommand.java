package dev.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.dev.DevRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The embedded servers alone, for a team's own services. */
@Command(name = "dev", description = {
    "Starts Kafka (or Kinesis), PostgreSQL, a schema registry and the HTTP API on this machine, until Ctrl-C.",
    "Prints their addresses as environment variables. The data, and the ports, are the same the next time."}, exitCodeList = {
        "0:never: it runs until it is stopped", "1:failed; the reason is one line on standard error",
        "2:the command line cannot be understood",
        "130, 143:stopped cleanly, by Ctrl-C or by a TERM signal"}, footer = {"%nExamples:", "  millrace dev",
            "  millrace dev --data-dir /var/tmp/team --kafka-port 9092 --http-port 0",
            "  millrace dev --log kinesis --data-dir kinesis-data",
            "  millrace dev -o json >addresses.json &"})
final class DevCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Console console;

  @Option(names = "--data-dir", paramLabel = "DIR", defaultValue = "millrace-data", description = "where the data is kept; ./${DEFAULT-VALUE} unless said")
  private Path dataDir = Path.of("millrace-data");

  @Option(names = "--kafka-port", paramLabel = "N", description = "Kafka's port; unless said a free one, and the same again the next time")
  private int kafkaPort;

  @Option(names = "--postgres-port", paramLabel = "N", description = "PostgreSQL's port, likewise")
  private int postgresPort;

  @Option(names = "--registry-port", paramLabel = "N", description = "the schema registry's port, likewise")
  private int registryPort;

  @Option(names = "--http-port", paramLabel = "N", defaultValue = "8080", description = "the HTTP API's port; ${DEFAULT-VALUE} unless said, 0 for a free one")
  private int httpPort = 8080;

  @Mixin
  private final LogOptions log = new LogOptions();

  @Spec
  private @Nullable CommandSpec spec;

  @Mixin
  private final Output output = new Output();

  DevCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    var builder = DevRuntime.builder().dataDir(dataDir).kafkaPort(kafkaPort).postgresPort(postgresPort)
        .registryPort(registryPort);
    boolean kinesis = log.kinesis(Objects.requireNonNull(spec).commandLine());
    if (kinesis)
      log.endpoint().ifPresentOrElse(builder::kinesis, builder::kinesis);
    say("starting " + (kinesis ? "Kinesis" : "Kafka") + ", PostgreSQL and the schema registry on "
        + dataDir.toAbsolutePath().normalize());
    try (var stop = StopSignal.install(); var servers = DevServers.start(builder, httpPort)) {
      print(servers);
      while (!stop.await(LOOK)) {
        var failure = servers.failure();
        if (failure.isPresent())
          throw new CliException(CliException.Code.SERVER_FAILED, "a server has failed: " + failure.get(),
              failure.get());
      }
      say("stopping");
    }
    return 0;
  }

  private void print(DevServers servers) {
    if (output.json()) {
      ObjectNode variables = Json.object();
      servers.environment().forEach(variables::put);
      console.out().println(Json.line(variables));
    } else {
      servers.environment().forEach((name, value) -> console.out().println("export " + name + "=" + value));
    }
    console.out().flush();
    say(String.format("ready in %.1f s; Ctrl-C stops it", StopSignal.sinceStart().toMillis() / 1_000.0));
  }

  private void say(String text) {
    console.err().println("millrace: " + text);
    console.err().flush();
  }
}
