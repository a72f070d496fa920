package dev.millrace.streams;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records as they were, with headers that say where from and why, under the names of <a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-1034%3A+Dead+letter+queue+in+Kafka+Streams">KIP-1034</a>.
 */
final class DeadLetters {
  /** The setting under which the host hands its count of dead letters to the handlers, which Kafka Streams makes. */
  static final String COUNT = "millrace.dead.letters";

  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

  private final String topic;
  private final LongAdder count;

  private DeadLetters(String topic, LongAdder count) {
    this.topic = topic;
    this.count = count;
  }

  static DeadLetters configured(Map<String, ?> settings) {
    var topic = settings.get(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG);
    if (topic == null) {
      throw new StreamAppException(StreamAppException.Code.INVALID_SETTING,
          StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG
              + " is not set: say where dead letters go");
    }
    return new DeadLetters(topic.toString(),
        settings.get(COUNT) instanceof LongAdder counting ? counting : new LongAdder());
  }

  /** The record that the context is about. */
  ProducerRecord<byte[], byte[]> letter(ErrorHandlerContext context, Throwable failure) {
    return letter(context.sourceRawKey(), context.sourceRawValue(), context.headers(), context.topic(),
        context.partition(), context.offset(), failure);
  }

  /** A record of a stream, before it came to the task that failed. */
  ProducerRecord<byte[], byte[]> letter(PoisonedEvents.Poison poison, ErrorHandlerContext context) {
    return letter(poison.key().getBytes(StandardCharsets.UTF_8), poison.event().event(),
        poison.event().headers(),
        poison.stream(), context.partition(), poison.event().id(), poison.cause());
  }

  private ProducerRecord<byte[], byte[]> letter(byte @Nullable [] key, byte @Nullable [] value,
      Headers headers,
      String from, int partition, long offset, Throwable failure) {
    var letter = new ProducerRecord<byte[], byte[]>(topic, key, value);
    for (Header header : headers)
      letter.headers().add(header);
    var trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    add(letter, "exception", failure.getClass().getName());
    add(letter, "message", String.valueOf(failure.getMessage()));
    add(letter, "stacktrace", trace.toString());
    add(letter, "topic", from);
    add(letter, "partition", String.valueOf(partition));
    add(letter, "offset", String.valueOf(offset));
    count.increment();
    log.error("{}/{} at {} goes to the dead letters in {}: {}", from, partition, offset, topic,
        failure.toString());
    return letter;
  }

  private static void add(ProducerRecord<byte[], byte[]> letter, String name, String value) {
    letter.headers().add("__streams.errors." + name, value.getBytes(StandardCharsets.UTF_8));
  }
}
