package dev.millrace.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.kafka.EnvelopeHeaders;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import dev.millrace.streams.StreamApp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** An app in Kafka Streams' test driver, in terms of envelopes and payloads. */
final class DrivenApp implements AutoCloseable {
  private final StreamApp app;
  private final EventCodec.Decoder decoder;
  private final TopologyTestDriver driver;
  private final Path directory;

  private DrivenApp(StreamApp app, EventCodec.Decoder decoder, TopologyTestDriver driver, Path directory) {
    this.app = app;
    this.decoder = decoder;
    this.driver = driver;
    this.directory = directory;
  }

  static DrivenApp of(StreamApp app, EventCodec codec) {
    var directory = temporary(app.name());
    var settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, app.name());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:0");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
    settings.putAll(app.failureHandling());
    var driver = new TopologyTestDriver(app.topology(codec, stream -> 1), settings, ProcessorTest.START);
    return new DrivenApp(app, codec.decoder(app.writes()), driver, directory);
  }

  void publish(String stream, Envelope envelope, byte[] payload) {
    driver.createInputTopic(stream, new StringSerializer(), new ByteArraySerializer())
        .pipeInput(
            new TestRecord<>(envelope.subject(), payload, EnvelopeHeaders.of(envelope), envelope.time()));
  }

  void pass(Duration time) {
    driver.advanceWallClockTime(time);
  }

  /** What the app has published since this was last asked, by stream. */
  List<Derived> derived() {
    var derived = new ArrayList<Derived>();
    for (var stream : app.sinks()) {
      for (var written : read(stream.value())) {
        var event = decoder.decode(Objects.requireNonNull(written.value())).orElseThrow(
            () -> new AssertionError(
                app.name() + " wrote to " + stream + " what it does not say that it writes"));
        derived
            .add(new Derived(app.name(), stream.value(), written.key(), event,
                EnvelopeHeaders.read(written.headers(), written.key(), stream)));
      }
    }
    return derived;
  }

  List<DeadLetter> deadLetters() {
    return read(app.deadLetters().value()).stream()
        .map(letter -> new DeadLetter(letter.key(),
            header(letter.headers(), "__streams.errors.topic").orElse(""),
            header(letter.headers(), "__streams.errors.message").orElse("")))
        .toList();
  }

  @Override
  public void close() {
    driver.close();
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList())
        Files.delete(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * An event that the app published.
   *
   * @param key the key of its record
   */
  record Derived(String app, String stream, String key, Event event, Envelope envelope) {
    /** What is wrong with the stream, the key and the envelope, if this event caused it. */
    List<String> faults(Envelope cause) {
      EventType<?> type = event.eventType();
      var expected = Envelope.of(envelope.id(), "/" + app, type.name(), cause.time(), Keys.of(event))
          .causedBy(cause);
      var faults = new ArrayList<String>();
      if (!envelope.equals(expected))
        faults.add("the envelope of " + event + " is\n  " + envelope + "\nand not\n  " + expected);
      if (!key.equals(Keys.of(event)))
        faults.add(event + " is under the key " + key);
      if (!stream.equals(type.stream()))
        faults.add(event + " is on the stream " + stream);
      return faults;
    }
  }

  /** A record that the app could not read or process. */
  record DeadLetter(String key, String stream, String reason) {}

  private List<TestRecord<String, byte[]>> read(String stream) {
    return driver.createOutputTopic(stream, new StringDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  private static Optional<String> header(Headers headers, String name) {
    return Optional.ofNullable(headers.lastHeader(name)).map(header -> new String(header.value(), UTF_8));
  }

  private static Path temporary(String name) {
    try {
      return Files.createTempDirectory(name);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
