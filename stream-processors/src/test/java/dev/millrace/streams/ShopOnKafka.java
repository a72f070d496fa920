package dev.millrace.streams;

import dev.millrace.dev.DevKafka;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.streams.Shop.CustomerRegistered;
import dev.millrace.streams.Shop.OrderEnriched;
import dev.millrace.streams.Shop.OrderCancelled;
import dev.millrace.streams.Shop.OrderPlaced;
import dev.millrace.streams.Shop.ProductListed;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The shop on a Kafka. Its schemas have the same ids in every process, as each registers them in the same order. */
final class ShopOnKafka implements AutoCloseable {
  static final List<EventType<?>> TYPES = List.of(OrderPlaced.TYPE, OrderCancelled.TYPE, ProductListed.TYPE,
      CustomerRegistered.TYPE, OrderEnriched.TYPE);
  static final int PARTITIONS = 3;

  final String bootstrapServers;
  final EventLog log;
  final EventCodec codec;
  private final LogWriter writer;
  private final List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
  private int published;

  private ShopOnKafka(String bootstrapServers, SchemaRegistry registry) {
    this.bootstrapServers = bootstrapServers;
    this.log = KafkaLog.at(KafkaLogConfig.of(bootstrapServers));
    this.codec = EventCodec.of(registry);
    this.writer = log.writer();
    TYPES.forEach(type -> registry.register(type.subject(), type.newest()));
  }

  static ShopOnKafka on(DevKafka kafka) {
    return on(kafka.bootstrapServers(), SchemaRegistry.inMemory());
  }

  static ShopOnKafka on(String bootstrapServers, SchemaRegistry registry) {
    return new ShopOnKafka(bootstrapServers, registry);
  }

  StreamHost.Builder host(StreamApp app, Path stateDirectory) {
    return StreamHost.builder(app).bootstrapServers(bootstrapServers).log(log).codec(codec)
        .stateDirectory(stateDirectory).partitions(PARTITIONS);
  }

  void createStreams() {
    TYPES.forEach(type -> log.create(StreamName.of(type.stream()), PARTITIONS));
  }

  /** Publishes in the background; {@link #flush} waits. */
  <E extends Event> void publish(EventType<E> type, E event) {
    published++;
    var key = type.keyOf(event);
    receipts.add(writer.append(new LogEntry(StreamName.of(type.stream()), key,
        Envelope.of(key + "-" + published, "/shop", type.name(), Instant.parse("2026-01-01T00:00:00Z"), key),
        codec.encode(type, event))));
  }

  void flush() {
    writer.flush();
    receipts.forEach(CompletableFuture::join);
    receipts.clear();
  }

  @Override
  public void close() {
    writer.close();
    log.close();
  }
}
