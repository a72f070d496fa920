package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

/** P4: what lies on Kinesis is what the world reads: held against golden bytes, and read with Apache Avro. */
class CloudEventFrameTest {
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  static final LogEntry WHOLE = new LogEntry(StreamName.of("wire"), "Köln-7",
      new Envelope("0192f4ab-1", "/sales", "shop.sales.OrderPlaced",
          Instant.parse("2010-12-01T08:26:00.123456789Z"), "536365", Optional.of("conversation-1"),
          Optional.of("0192f4ab-0"), Optional.of(TRACE), Optional.of("vendor=value")),
      HexFormat.of().parseHex("00000000010c353336333635"));
  static final LogEntry LEAST = new LogEntry(StreamName.of("wire"), "536366",
      Envelope.of("id-2", "/sales", "shop.sales.OrderPlaced", Instant.parse("2011-12-09T12:50:00Z"),
          "536366"),
      new byte[]{0, 0, 0, 0, 2});
  static final LogEntry TOMBSTONE = new LogEntry(StreamName.of("wire"), "", LEAST.envelope(),
      new byte[0]);
  private static final Partition SHARD = new Partition(StreamName.of("wire"), "shardId-000000000000");

  @Test
  void what_is_written_is_the_golden_bytes() throws IOException {
    var golden = golden();

    assertThat(hex(WHOLE)).isEqualTo(golden.get("whole"));
    assertThat(hex(LEAST)).isEqualTo(golden.get("least"));
    assertThat(hex(TOMBSTONE)).isEqualTo(golden.get("tombstone"));
  }

  @Test
  void the_golden_bytes_are_read_back() throws IOException {
    var golden = golden();

    for (var entry : Map.of("whole", WHOLE, "least", LEAST, "tombstone", TOMBSTONE).entrySet()) {
      var read = decode("-", HexFormat.of().parseHex(String.valueOf(golden.get(entry.getKey()))));

      assertThat(read.key()).isEqualTo(entry.getValue().key());
      assertThat(read.envelope()).isEqualTo(entry.getValue().envelope());
      assertThat(read.payload()).isEqualTo(entry.getValue().payload());
    }
  }

  @Test
  void apache_avro_reads_it_with_the_schema_of_the_cloudevents_specification() throws IOException {
    var schema = schema();

    for (var entry : List.of(WHOLE, LEAST, TOMBSTONE)) {
      var bytes = CloudEventFrame.encode(entry);
      var decoder = DecoderFactory.get().binaryDecoder(bytes, null);
      var record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
      assertThat(decoder.isEnd()).isTrue();

      var expected = new LinkedHashMap<>(entry.envelope().attributes());
      if (!entry.key().isEmpty())
        expected.put("partitionkey", entry.key());
      var attributes = new HashMap<String, String>();
      ((Map<?, ?>) record.get("attribute"))
          .forEach((name, value) -> attributes.put(name.toString(), value.toString()));
      assertThat(attributes).isEqualTo(expected);
      assertThat(record.get("data"))
          .isEqualTo(entry.payload().length == 0 ? null : ByteBuffer.wrap(entry.payload()));
    }
  }

  @Test
  void an_event_of_another_producer_is_read_in_any_order_and_blocks_and_with_attributes_of_any_type() {
    var foreign = new WireOutput(0).writeLong(-3).writeLong(99).writeString("time").writeLong(3)
        .writeString("2011-12-09T13:50:00+01:00").writeString("flag").writeLong(1).writeByte(1)
        .writeString("number").writeLong(2).writeLong(-5).writeLong(6).writeString("none").writeLong(0)
        .writeString("blob").writeLong(4).writeBytes(new byte[]{1, 2}).writeString("specversion").writeLong(3)
        .writeString("1.0").writeString("id").writeLong(3).writeString("1").writeString("source").writeLong(3)
        .writeString("/x").writeString("type").writeLong(3).writeString("T").writeLong(0).writeLong(0)
        .writeBytes(new byte[]{7}).toByteArray();

    var read = decode("the-key", foreign);

    assertThat(read.key()).isEqualTo("the-key");
    assertThat(read.payload()).containsExactly(7);
    assertThat(read.envelope())
        .isEqualTo(Envelope.of("1", "/x", "T", Instant.parse("2011-12-09T12:50:00Z"), "the-key"));
  }

  @Test
  void a_record_that_is_no_such_frame_is_named_when_its_envelope_is_asked_for() {
    var read = decode("k", "{\"json\": true}".getBytes(UTF_8));

    assertThat(read.key()).isEqualTo("k");
    assertThat(read.payload()).isEqualTo("{\"json\": true}".getBytes(UTF_8));
    assertThatThrownBy(read::envelope).isInstanceOfSatisfying(LogException.class, e -> {
      assertThat(e.code()).isEqualTo(LogException.Code.MALFORMED);
      assertThat(e).hasMessageContaining("wire/shardId-000000000000@12.00000000000000");
    });
  }

  @Test
  void an_envelope_without_what_must_be_there_is_named() {
    var noId = new WireOutput(0).writeLong(1).writeString("specversion").writeLong(3).writeString("1.0")
        .writeLong(0).writeLong(1).toByteArray();

    var read = decode("k", noId);

    assertThat(read.payload()).isEmpty();
    assertThatThrownBy(read::envelope).isInstanceOf(LogException.class)
        .hasMessageContaining("no attribute id");
  }

  @Test
  void bytes_that_were_cut_or_changed_never_do_more_than_to_be_malformed() {
    var random = new Random(3);
    var whole = CloudEventFrame.encode(WHOLE);
    for (var i = 0; i < 20_000; i++) {
      var bytes = java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      for (var changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--)
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();

      var read = decode("k", bytes);
      try {
        assertThat(read.envelope()).isNotNull();
      } catch (LogException e) {
        assertThat(e.code()).isEqualTo(LogException.Code.MALFORMED);
      }
    }
  }

  @Test
  void keys_that_the_service_takes_are_its_own_and_others_have_one_that_stands_for_them() {
    assertThat(HashKey.partitionKey("Köln-7")).isEqualTo("Köln-7");
    assertThat(HashKey.partitionKey("")).isEqualTo("-");
    assertThat(HashKey.partitionKey("k".repeat(256))).hasSize(256);
    assertThat(HashKey.partitionKey("k".repeat(257))).hasSize(64).matches("[0-9a-f]+");
    assertThat(HashKey.partitionKey("half \uD800")).isEqualTo("half ?");
  }

  private static LogRecord decode(String partitionKey, byte[] data) {
    return CloudEventFrame.decode(SHARD, Place.record("12", 0).position(), Instant.EPOCH, partitionKey,
        ByteBuffer.wrap(data));
  }

  private static String hex(LogEntry entry) {
    return HexFormat.of().formatHex(CloudEventFrame.encode(entry));
  }

  static Map<String, String> golden() throws IOException {
    var golden = new HashMap<String, String>();
    resource("/golden/kinesis-records.txt").lines().filter(line -> !line.startsWith("#"))
        .forEach(
            line -> golden.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1)));
    return golden;
  }

  private static Schema schema() throws IOException {
    return new Schema.Parser().parse(resource("/golden/cloudevents.avsc"));
  }

  private static String resource(String name) throws IOException {
    try (var file = CloudEventFrameTest.class.getResourceAsStream(name)) {
      assertThat(file).isNotNull();
      return new String(file.readAllBytes(), UTF_8);
    }
  }
}
