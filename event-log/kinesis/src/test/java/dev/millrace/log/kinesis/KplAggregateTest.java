package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KplAggregateTest {
  private static final BigInteger LAST = BigInteger.TWO.pow(128).subtract(BigInteger.ONE);
  private static final Shard ALL = shard(BigInteger.ZERO, LAST);

  @Test
  void a_record_that_is_no_aggregate_is_its_own_only_part() {
    var parts = KplAggregate.parts(ALL, "k", ByteBuffer.wrap("plain".getBytes(UTF_8)));

    assertThat(parts)
        .containsExactly(new KplAggregate.Part(0, "k", ByteBuffer.wrap("plain".getBytes(UTF_8))));
  }

  @Test
  void what_amazons_producer_writes_is_read_with_its_tables_its_explicit_hash_keys_and_tags_that_nobody_asks_for() {
    // partition_key_table "a", "b"; explicit_hash_key_table "0"; records: a="x" with hash key 0 and a tag, b="yz"
    var message = HexFormat.of().parseHex(
        "0a01610a0162" + "120130" + "1a0e" + "0800" + "1000" + "1a0178" + "2205" + "0a0174" + "1200" + "1a06"
            + "0801"
            + "1a02797a");

    var parts = KplAggregate.parts(ALL, "a", sealed(message));

    assertThat(parts).containsExactly(new KplAggregate.Part(0, "a", ByteBuffer.wrap("x".getBytes(UTF_8))),
        new KplAggregate.Part(1, "b", ByteBuffer.wrap("yz".getBytes(UTF_8))));
    assertThat(KplAggregate.parts(shard(BigInteger.ONE, LAST), "a", sealed(message)))
        .as("the first has the hash key 0").extracting(KplAggregate.Part::index).containsExactly(1);
  }

  @Test
  void records_whose_hash_key_the_shard_does_not_hold_are_dropped_and_the_others_keep_their_index() {
    var hash = HashKey.of("b");
    var message = HexFormat.of().parseHex("0a01610a0162" + "1a05" + "08001a0178" + "1a05" + "08011a0179");

    assertThat(KplAggregate.parts(shard(hash, hash), "a", sealed(message)))
        .containsExactly(new KplAggregate.Part(1, "b", ByteBuffer.wrap("y".getBytes(UTF_8))));
  }

  @Test
  void a_broken_aggregate_is_a_record_on_its_own() {
    var wrongSum = sealed(HexFormat.of().parseHex("0a0161")).array();
    wrongSum[wrongSum.length - 1]++;

    assertAlone(wrongSum);
    assertAlone(sealed(HexFormat.of().parseHex("1a0508001a0178")).array()); // a key that is not in the table
    assertAlone(sealed(HexFormat.of().parseHex("0a01611a020800")).array()); // no data
    assertAlone(sealed(HexFormat.of().parseHex("0aff01")).array()); // a length past the end
    assertAlone(sealed(HexFormat.of().parseHex("0affffffffffffffffff01")).array()); // a negative length
    assertAlone(sealed(HexFormat.of().parseHex("12024142")).array()); // a hash key of letters
  }

  @Test
  void whatever_bytes_there_are_something_is_read() {
    var random = new Random(7);
    for (var i = 0; i < 20_000; i++) {
      var message = new byte[random.nextInt(40)];
      random.nextBytes(message);
      for (var at = 0; at < message.length; at += 3)
        message[at] = (byte) new int[]{0x0a, 0x12, 0x1a, 0x08, 1, 2}[random.nextInt(6)];

      assertThat(KplAggregate.parts(ALL, "k", sealed(message))).hasSizeLessThan(40);
    }
  }

  static Shard shard(BigInteger first, BigInteger last) {
    return new Shard(new Partition(StreamName.of("s"), "shardId-000000000000"), Set.of(), first, last, "1",
        Optional.empty());
  }

  private static void assertAlone(byte[] data) {
    assertThat(KplAggregate.parts(ALL, "k", ByteBuffer.wrap(data)))
        .isEqualTo(List.of(new KplAggregate.Part(0, "k", ByteBuffer.wrap(data))));
  }

  private static ByteBuffer sealed(byte[] message) {
    var output = new WireOutput(0).writeRaw(KplAggregate.MAGIC, 0, 4).writeRaw(message, 0, message.length);
    return ByteBuffer.wrap(output.writeRaw(HashKey.md5(ByteBuffer.wrap(message)), 0, 16).toByteArray());
  }
}
