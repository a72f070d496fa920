package dev.millrace.log.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogEntry;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** P4: what is said is read: key, envelope and payload, whatever characters and bytes they have. */
public interface EnvelopeProperties {
  /** The log under test. */
  LogFixture fixture();

  @Test
  default void key_envelope_and_payload_are_read_as_they_were_appended() {
    Seeded.check(random -> {
      var log = fixture().log();
      var stream = History.newStream(log, "envelope", 1);
      var entries = randomEntries(random, stream);

      try (var writer = log.writer()) {
        var receipts = entries.stream().map(writer::append).toList();
        writer.flush();
        assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
      }

      var read = inKeyOrder(Reading.all(log, stream), LogRecord::key);
      var appended = inKeyOrder(entries, LogEntry::key);
      assertThat(read).hasSameSizeAs(appended);
      for (var i = 0; i < appended.size(); i++) {
        assertThat(read.get(i).key()).isEqualTo(appended.get(i).key());
        assertThat(read.get(i).envelope()).isEqualTo(appended.get(i).envelope());
        assertThat(read.get(i).payload()).isEqualTo(appended.get(i).payload());
      }
    });
  }

  /** Sorted by key; those of one key stay in their order, which is all the order that every log keeps. */
  private static <T> List<T> inKeyOrder(List<T> list, Function<T, String> key) {
    return list.stream().sorted(Comparator.comparing(key)).toList();
  }

  private static List<LogEntry> randomEntries(Random random, StreamName stream) {
    var entries = new ArrayList<LogEntry>();
    for (var i = 0; i < 200; i++) {
      var payload = new byte[random.nextInt(300)];
      random.nextBytes(payload);
      var key = random.nextInt(10) == 0 ? "" : text(random);
      entries.add(new LogEntry(stream, key, envelope(random, key), payload));
    }
    return entries;
  }

  private static Envelope envelope(Random random, String key) {
    return new Envelope(text(random), "/" + text(random), text(random), time(random),
        random.nextBoolean() ? key : text(random), maybe(random), maybe(random), maybe(random),
        maybe(random));
  }

  private static Instant time(Random random) {
    var second = Instant.ofEpochSecond(random.nextLong(-100_000_000_000L, 300_000_000_000L));
    return switch (random.nextInt(4)) {
      case 0 -> second;
      case 1 -> second.plusMillis(random.nextInt(1_000));
      case 2 -> second.plusNanos(random.nextInt(1_000_000) * 1_000L);
      default -> second.plusNanos(random.nextInt(1_000_000_000));
    };
  }

  private static Optional<String> maybe(Random random) {
    return random.nextBoolean() ? Optional.empty() : Optional.of(text(random));
  }

  /** One character at least that is not blank, then any that Unicode has. */
  private static String text(Random random) {
    var text = new StringBuilder("x");
    for (var length = random.nextInt(20); length > 0; length--) {
      var range = random.nextInt(4);
      text.appendCodePoint(range == 0
          ? 0x1F300 + random.nextInt(256)
          : range == 1
              ? 0xC0 + random.nextInt(0x500)
              : 0x20 + random.nextInt(0x5F));
    }
    return text.toString();
  }
}
