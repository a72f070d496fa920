package dev.millrace.log.kinesis;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Several records in one, as Amazon's own producer writes them and its consumer reads them: <a
 * href="https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md">the KPL's format</a>, a magic
 * number, a protobuf message, and the MD5 of it.
 */
final class KplAggregate {
  static final byte[] MAGIC = {(byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2};
  static final int MD5_BYTES = 16;

  // AggregatedRecord: repeated string partition_key_table = 1, explicit_hash_key_table = 2; repeated Record records = 3
  static final int KEYS = 1;
  static final int HASH_KEYS = 2;
  static final int RECORDS = 3;
  // Record: required uint64 partition_key_index = 1; optional uint64 explicit_hash_key_index = 2; required bytes data = 3
  static final int KEY_INDEX = 1;
  static final int HASH_KEY_INDEX = 2;
  static final int DATA = 3;

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  static final int LENGTH = 2;
  private static final int FIXED_32 = 5;

  /**
   * A record, on its own or within an aggregate.
   *
   * @param index its place within the aggregate, counted before any was dropped; 0 for one on its own
   * @param partitionKey its own, not the aggregate's
   * @param data shared with the record that was read, not copied
   */
  record Part(int index, String partitionKey, ByteBuffer data) {}

  private KplAggregate() {}

  /**
   * What is in a record of the shard: the record itself, or, where it is an aggregate, those of its records whose hash key
   * the shard holds. The others came here as the shards changed meanwhile; their producer sends them again to where they
   * belong. What has the magic number and is otherwise broken is a record on its own, as it is to Amazon's consumer.
   */
  static List<Part> parts(Shard shard, String partitionKey, ByteBuffer data) {
    if (isMarked(data)) {
      try {
        return read(shard, data.slice(data.position() + MAGIC.length,
            data.remaining() - MAGIC.length - MD5_BYTES));
      } catch (IllegalArgumentException _) {
        return List.of(new Part(0, partitionKey, data));
      }
    }
    return List.of(new Part(0, partitionKey, data));
  }

  private static boolean isMarked(ByteBuffer data) {
    var length = data.remaining() - MAGIC.length - MD5_BYTES;
    if (length < 0)
      return false;
    for (var i = 0; i < MAGIC.length; i++) {
      if (data.get(data.position() + i) != MAGIC[i])
        return false;
    }
    var said = WireInput.copy(data.slice(data.limit() - MD5_BYTES, MD5_BYTES));
    return Arrays.equals(said, HashKey.md5(data.slice(data.position() + MAGIC.length, length)));
  }

  private static List<Part> read(Shard shard, ByteBuffer message) {
    var keys = new ArrayList<Key>();
    var hashKeys = new ArrayList<BigInteger>();
    var records = new ArrayList<ByteBuffer>();
    var input = new WireInput(message);
    while (input.remaining() > 0) {
      var tag = input.readVarint();
      if (tag == tag(KEYS))
        keys.add(new Key(WireInput.text(input.read(input.readVarint()))));
      else if (tag == tag(HASH_KEYS))
        hashKeys.add(HashKey.parse(WireInput.text(input.read(input.readVarint()))));
      else if (tag == tag(RECORDS))
        records.add(input.read(input.readVarint()));
      else
        skip(input, tag);
    }
    var parts = new ArrayList<Part>(records.size());
    for (var index = 0; index < records.size(); index++)
      read(shard, index, records.get(index), keys, hashKeys).ifPresent(parts::add);
    return parts;
  }

  private static Optional<Part> read(Shard shard, int index, ByteBuffer bytes, List<Key> keys,
      List<BigInteger> hashKeys) {
    Key key = null;
    BigInteger hash = null;
    ByteBuffer data = null;
    var input = new WireInput(bytes);
    while (input.remaining() > 0) {
      var tag = input.readVarint();
      if (tag == ((KEY_INDEX << 3) | VARINT))
        key = at(input.readVarint(), keys);
      else if (tag == ((HASH_KEY_INDEX << 3) | VARINT))
        hash = at(input.readVarint(), hashKeys);
      else if (tag == tag(DATA))
        data = input.read(input.readVarint());
      else
        skip(input, tag);
    }
    if (key == null || data == null)
      throw new IllegalArgumentException("a record of an aggregate has no key or no data");
    return shard.holds(hash == null ? key.hash() : hash)
        ? Optional.of(new Part(index, key.text, data))
        : Optional.empty();
  }

  static int tag(int field) {
    return (field << 3) | LENGTH;
  }

  private static <T> T at(long index, List<T> table) {
    if (index < 0 || index >= table.size())
      throw new IllegalArgumentException("a record of an aggregate has a key that is not in its table");
    return table.get((int) index);
  }

  /** Fields that are not ours to know, such as a record's tags. */
  private static void skip(WireInput input, long tag) {
    switch ((int) tag & 7) {
      case VARINT -> input.readVarint();
      case FIXED_64 -> input.read(8);
      case LENGTH -> input.read(input.readVarint());
      case FIXED_32 -> input.read(4);
      default -> throw new IllegalArgumentException("an aggregate has a field of no known type");
    }
  }

  /** A key of the table. Its hash is reckoned once, however many records have it. */
  private static final class Key {
    private final String text;
    private @Nullable BigInteger hash;

    private Key(String text) {
      this.text = text;
    }

    private BigInteger hash() {
      var known = hash;
      if (known == null) {
        known = HashKey.of(text);
        hash = known;
      }
      return known;
    }
  }
}
