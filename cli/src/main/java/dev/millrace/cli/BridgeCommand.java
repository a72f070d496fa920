package dev.millrace.cli;

import dev.millrace.runtime.BridgeRuntime;
import dev.millrace.runtime.BridgeRuntime.Place;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Streams carried from one log to another. */
@Command(name = "bridge", description = "Carries streams from one log to another.")
final class BridgeCommand {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Console console;

  BridgeCommand(Console console) {
    this.console = console;
  }

  @Command(name = "run", description = {
      "Carries a stream over, record by record: key, envelope, payload and the order of each key stay as they are.",
      "Goes on where the bridge of this name stopped; into Kafka each record comes once.",
      "The logs are those of the environment: MILLRACE_KAFKA_BOOTSTRAP_SERVERS, MILLRACE_KINESIS_ENDPOINT and",
      "MILLRACE_KINESIS_REGION; into Kinesis also MILLRACE_POSTGRES_URL and MILLRACE_POSTGRES_USER, where the place is kept."}, footer = {
          "%nExamples:", "  millrace bridge run --from kinesis:sales.orders --to kafka:sales.orders",
          "  millrace bridge run --from kafka:sales.orders --to kinesis:sales.orders --create 4 --exit-when-caught-up"})
  int run(
      @Option(names = "--from", required = true, paramLabel = "LOG:STREAM", converter = PlaceConverter.class, description = "what is read: kafka:STREAM or kinesis:STREAM") Place from,
      @Option(names = "--to", required = true, paramLabel = "LOG:STREAM", converter = PlaceConverter.class, description = "where it is carried to") Place to,
      @Option(names = "--name", paramLabel = "NAME", description = "the bridge's name, one bridge of a name at a time; made of the two streams unless said") @Nullable String name,
      @Option(names = "--create", paramLabel = "N", converter = Count.class, description = "make the stream that is written to, with N partitions, if it is not there") @Nullable Integer create,
      @Option(names = "--exit-when-caught-up", description = "stop when everything is carried over") boolean exit,
      @Mixin Output output) throws InterruptedException {
    var named = name == null ? nameOf(from, to) : name;
    try (var stop = StopSignal.install();
        var bridge = BridgeRuntime.start(System.getenv(), named, from, to, Optional.ofNullable(create))) {
      say("bridge " + named + " from " + from + " to " + to
          + "; Ctrl-C stops it, and the next goes on there");
      long told = -1;
      while (!stop.await(LOOK)) {
        var health = bridge.health();
        switch (health.state()) {
          case FAILED ->
            throw new CliException(CliException.Code.REFUSED,
                "the bridge has stopped: " + health.lastError().orElse(""));
          case RETRYING -> say("trying again: " + health.lastError().orElse(""));
          case STARTING, CLOSED -> {
            // nothing to tell yet
          }
          case CARRYING -> {
            long lag = bridge.lag();
            if (told != health.carried())
              say(health.carried() + " carried over, " + lag + " to go");
            told = health.carried();
            if (exit && lag == 0)
              return tell(bridge, output);
          }
        }
      }
      return tell(bridge, output);
    }
  }

  private int tell(BridgeRuntime bridge, Output output) {
    var health = bridge.health();
    if (output.json())
      console.out().println(
          Json.line(Json.object().put("carried", health.carried()).put("dropped", health.dropped())));
    else
      console.out().println(health.carried() + " records carried over"
          + (health.dropped() == 0 ? "" : ", " + health.dropped() + " met twice and left behind"));
    return 0;
  }

  private static String nameOf(Place from, Place to) {
    var name = (from + "-" + to).replaceAll("[^a-z0-9]+", "-");
    return name.length() <= 40 ? name : name.substring(0, 31) + "-" + Integer.toHexString(name.hashCode());
  }

  private void say(String text) {
    console.err().println("millrace: " + text);
    console.err().flush();
  }

  /** Reads {@code kafka:STREAM} or {@code kinesis:STREAM}. */
  static final class PlaceConverter implements ITypeConverter<Place> {
    @Override
    public Place convert(String text) {
      try {
        return Place.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
