package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import dev.millrace.streams.StreamHost;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The parts that this process hosts, made and not started. */
@Singleton
final class PartList {
  private final List<Part> all = new ArrayList<>();
  private final Settings settings;
  private final EventLog log;
  private final EventCodec codec;
  private final Clock clock;

  PartList(Parts parts, Views views, Rebuilds rebuilds, Settings settings, EventLog log, EventCodec codec,
      Clock clock) {
    this.settings = settings;
    this.log = log;
    this.codec = codec;
    this.clock = clock;
    if (!parts.apps().isEmpty())
      requireKafka(parts.apps().getFirst().app().name());
    views.all().forEach(view -> all.add(new ViewPart(view, rebuilds)));
    parts.apps().forEach(app -> all.add(new AppPart(app.app().name(), () -> start(app))));
    parts.relays().forEach(relay -> all.add(new RelayPart(relay.apply(log))));
  }

  List<Part> all() {
    return List.copyOf(all);
  }

  /** Kafka Streams works on Kafka alone. */
  private LogSettings.Kafka requireKafka(String app) {
    return switch (settings.log()) {
      case LogSettings.Kafka kafka -> kafka;
      case LogSettings.Kinesis _ -> throw new StartException(StartException.Code.CONFIGURATION,
          List.of("the stream app "
              + app + " needs Kafka, and " + SettingsReader.LOG
              + " is kinesis: run it in a runtime on Kafka, and carry its"
              + " streams there with: millrace bridge run --from kinesis:STREAM --to kafka:STREAM"));
    };
  }

  private StreamHost start(Parts.App app) {
    var host = StreamHost.builder(app.app())
        .bootstrapServers(requireKafka(app.app().name()).bootstrapServers()).log(log).codec(codec)
        .clock(clock).partitions(settings.partitions())
        .stateDirectory(settings.stateDirectory().resolve(app.app().name()));
    return (app.lock().isEmpty() ? host : host.lock(app.lock())).start();
  }
}
