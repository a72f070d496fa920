package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes a {@link KplAggregate} of entries that one shard holds. */
final class KplAggregation {
  /** The partition key of every aggregate: its own explicit hash key decides, and its records have theirs. */
  static final String PARTITION_KEY = "a";

  private static final int FRAME_BYTES = KplAggregate.MAGIC.length + KplAggregate.MD5_BYTES
      + PARTITION_KEY.length();

  private final int limit;
  private final Map<String, Integer> keys = new LinkedHashMap<>();
  private final List<Outgoing> entries = new ArrayList<>();
  private int bytes = FRAME_BYTES;

  /** @param limit what the service may count of it: data and partition key */
  KplAggregation(int limit) {
    this.limit = limit;
  }

  /** Adds the entry, where it fits. */
  boolean add(Outgoing entry) {
    var index = keys.getOrDefault(entry.partitionKey(), keys.size());
    var more = fieldBytes(recordBytes(index, entry));
    if (index == keys.size())
      more += fieldBytes(entry.partitionKey().getBytes(UTF_8).length);
    if (more > limit - bytes)
      return false;
    bytes += more;
    keys.putIfAbsent(entry.partitionKey(), index);
    entries.add(entry);
    return true;
  }

  List<Outgoing> entries() {
    return entries;
  }

  /** What the service counts of it: data and partition key. */
  int bytes() {
    return bytes;
  }

  byte[] toByteArray() {
    var message = new WireOutput(bytes - FRAME_BYTES);
    for (var key : keys.keySet()) {
      var text = key.getBytes(UTF_8);
      message.writeVarint(KplAggregate.tag(KplAggregate.KEYS)).writeVarint(text.length)
          .writeRaw(text, 0, text.length);
    }
    for (var entry : entries) {
      int index = keys.getOrDefault(entry.partitionKey(), 0);
      message.writeVarint(KplAggregate.tag(KplAggregate.RECORDS)).writeVarint(recordBytes(index, entry))
          .writeVarint(KplAggregate.KEY_INDEX << 3).writeVarint(index)
          .writeVarint(KplAggregate.tag(KplAggregate.DATA)).writeVarint(entry.data().length)
          .writeRaw(entry.data(), 0, entry.data().length);
    }
    return sealed(message.toByteArray());
  }

  /** The magic number before the message, and its MD5 after it. */
  static byte[] sealed(byte[] message) {
    return new WireOutput(FRAME_BYTES - PARTITION_KEY.length() + message.length)
        .writeRaw(KplAggregate.MAGIC, 0, KplAggregate.MAGIC.length).writeRaw(message, 0, message.length)
        .writeRaw(HashKey.md5(ByteBuffer.wrap(message)), 0, KplAggregate.MD5_BYTES).toByteArray();
  }

  private static int recordBytes(int keyIndex, Outgoing entry) {
    return 1 + WireOutput.varintSize(keyIndex) + fieldBytes(entry.data().length);
  }

  /** A field of this many bytes, with its tag of one byte and its length. */
  private static int fieldBytes(int length) {
    return 1 + WireOutput.varintSize(length) + length;
  }
}
