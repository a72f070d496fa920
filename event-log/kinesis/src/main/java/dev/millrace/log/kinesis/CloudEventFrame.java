package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.schema.Envelope;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An entry as the data of a Kinesis record, which has no headers: a CloudEvents event in the <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/avro-format.md">Avro event format</a>, a map of
 * attributes and then the data. The entry's key is the attribute {@code partitionkey}, as the <a
 * href="https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/partitioning.md">partitioning extension</a>
 * has it; that wants no empty one, so an empty key is left out.
 */
final class CloudEventFrame {
  private static final String KEY = "partitionkey";
  private static final ByteBuffer KEY_BYTES = ByteBuffer.wrap(KEY.getBytes(UTF_8)).asReadOnlyBuffer();
  private static final byte[] TOMBSTONE = {};

  // The branches of an attribute's value: null, boolean, int, string, bytes.
  private static final int NULL = 0;
  private static final int BOOLEAN = 1;
  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int BYTES = 4;
  // The branches of the data that are ours: bytes, null.
  private static final int DATA_BYTES = 0;
  private static final int DATA_NULL = 1;

  private CloudEventFrame() {}

  /** The record's data that says the entry. An entry with no payload becomes a tombstone. */
  static byte[] encode(LogEntry entry) {
    var attributes = entry.envelope().attributes();
    var output = new WireOutput(320 + entry.payload().length);
    output.writeLong(attributes.size() + (entry.key().isEmpty() ? 0 : 1));
    attributes.forEach((name, value) -> write(output, name, value));
    if (!entry.key().isEmpty())
      write(output, KEY, entry.key());
    output.writeLong(0);
    if (entry.payload().length == 0)
      return output.writeLong(DATA_NULL).toByteArray();
    return output.writeLong(DATA_BYTES).writeBytes(entry.payload()).toByteArray();
  }

  private static void write(WireOutput output, String name, String value) {
    output.writeString(name).writeLong(STRING).writeString(value);
  }

  /**
   * The record that the data says. What is no such frame becomes a record whose payload is the data as it is, and whose
   * envelope is MALFORMED when it is asked for.
   *
   * @param partitionKey the service's, which is the key where the frame names none
   */
  static LogRecord decode(Partition partition, Position position, Instant appendedAt, String partitionKey,
      ByteBuffer data) {
    var record = partition + "@" + position;
    try {
      var input = new WireInput(data);
      var key = findKey(input);
      var payload = readData(input);
      var text = key.map(WireInput::text)
          .orElse(partitionKey.equals(HashKey.partitionKey("")) ? "" : partitionKey);
      return new LogRecord(partition, position, text, appendedAt, () -> envelope(data, text, record),
          payload);
    } catch (IllegalArgumentException e) {
      return new LogRecord(partition, position, partitionKey, appendedAt, () -> {
        throw malformed(record, e);
      }, WireInput.copy(data));
    }
  }

  /** Reads over the attributes, which most readers never ask for, and picks out the key. */
  private static Optional<ByteBuffer> findKey(WireInput input) {
    var key = Optional.<ByteBuffer>empty();
    for (var left = blockSize(input); left != 0; left = blockSize(input)) {
      for (; left > 0; left--) {
        var isKey = input.readBytes().equals(KEY_BYTES);
        var branch = input.readLong();
        if (isKey && branch == STRING)
          key = Optional.of(input.readBytes());
        else
          skip(input, branch);
      }
    }
    return key;
  }

  private static byte[] readData(WireInput input) {
    var branch = input.readLong();
    if (branch != DATA_BYTES && branch != DATA_NULL)
      throw new IllegalArgumentException("its data is of the branch " + branch + ", not bytes or null");
    var payload = branch == DATA_BYTES ? WireInput.copy(input.readBytes()) : TOMBSTONE;
    if (input.remaining() > 0)
      throw new IllegalArgumentException(input.remaining() + " bytes are left over");
    return payload;
  }

  private static Envelope envelope(ByteBuffer data, String key, String record) {
    try {
      var attributes = attributes(new WireInput(data));
      var version = required(attributes, "specversion");
      if (!version.equals(Envelope.SPEC_VERSION))
        throw new IllegalArgumentException(
            "its specversion is '" + version + "', not " + Envelope.SPEC_VERSION);
      return new Envelope(required(attributes, "id"), required(attributes, "source"),
          required(attributes, "type"), Instant.parse(required(attributes, "time")),
          optional(attributes, "subject").orElse(key), optional(attributes, "correlationid"),
          optional(attributes, "causationid"), optional(attributes, "traceparent"),
          optional(attributes, "tracestate"));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw malformed(record, e);
    }
  }

  /** Those that are texts, as all of an envelope's are. */
  private static Map<String, String> attributes(WireInput input) {
    var attributes = new HashMap<String, String>();
    for (var left = blockSize(input); left != 0; left = blockSize(input)) {
      for (; left > 0; left--) {
        var name = WireInput.text(input.readBytes());
        var branch = input.readLong();
        if (branch == STRING)
          attributes.put(name, WireInput.text(input.readBytes()));
        else
          skip(input, branch);
      }
    }
    return attributes;
  }

  /** How many entries of a map follow; a negative number is followed by their size in bytes. */
  private static long blockSize(WireInput input) {
    var count = input.readLong();
    if (count == Long.MIN_VALUE)
      throw new IllegalArgumentException("a block of attributes has no possible size");
    if (count < 0)
      input.readLong();
    return Math.abs(count);
  }

  private static void skip(WireInput input, long branch) {
    switch (Math.toIntExact(Math.clamp(branch, -1, BYTES + 1))) {
      case NULL -> {
      }
      case BOOLEAN -> input.readByte();
      case INT -> input.readLong();
      case STRING, BYTES -> input.readBytes();
      default -> throw new IllegalArgumentException("an attribute's value is of the branch " + branch);
    }
  }

  private static String required(Map<String, String> attributes, String name) {
    return optional(attributes, name)
        .orElseThrow(() -> new IllegalArgumentException("it has no attribute " + name + " that is a text"));
  }

  private static Optional<String> optional(Map<String, String> attributes, String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  private static LogException malformed(String record, Exception e) {
    return new LogException(LogException.Code.MALFORMED, "the record " + record + " has no right envelope: "
        + e.getMessage() + ". Its producer is to send CloudEvents in the Avro event format", e);
  }
}
