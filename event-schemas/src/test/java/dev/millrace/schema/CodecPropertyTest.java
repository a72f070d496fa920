package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.Randomized;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The codec against Avro's own generic writer and reader, on schemas, values and damage made at random. */
class CodecPropertyTest {
  private static final int ROUNDS = Randomized.rounds(100, 400);

  private interface Property {
    void check(Random random) throws IOException;
  }

  private static void forAll(Property property) {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = Randomized.seed() + round;
      try {
        property.check(new Random(seed));
      } catch (AssertionError | RuntimeException | IOException | VirtualMachineError e) {
        throw new AssertionError(Randomized.repeat(seed), e);
      }
    }
  }

  @Test
  void any_event_is_written_as_avro_writes_it_and_read_as_it_was() {
    forAll(random -> {
      var schema = RandomSchemas.parse(new RandomSchemas(random).event());
      var type = Anything.type(schema);
      var event = new RandomValues(random).record(schema, 4);
      var codec = EventCodec.of(SchemaRegistry.inMemory());

      var payload = codec.encode(type, event);

      assertThat(body(payload)).isEqualTo(byAvro(schema, event));
      assertThat(codec.decoder(List.of(type)).decode(payload)).contains(event);
      assertThat(RandomValues.plain(codec.decodeAny(payload).fields()))
          .isEqualTo(RandomValues.plain(RandomValues.toAvro(schema, event)));
    });
  }

  @Test
  void an_event_of_an_older_schema_is_read_as_avro_reads_it() {
    forAll(random -> {
      var schemas = new RandomSchemas(random);
      var older = schemas.event();
      var writer = RandomSchemas.parse(older);
      var reader = RandomSchemas.parse(schemas.following(older));
      var registry = SchemaRegistry.inMemory();
      var codec = EventCodec.of(registry);
      var decoder = codec.decoder(List.of(Anything.type(reader)));
      var event = new RandomValues(random).record(writer, 4);
      var payload = codec.encode(Anything.type(writer), event);

      var expected = readByAvro(writer, reader, body(payload));

      assertThat(decoder.decode(payload).map(read -> RandomValues.plain(RandomValues.toAvro(reader, read))))
          .contains(expected);
    });
  }

  @Test
  void damaged_bytes_end_in_a_typed_failure_and_take_little_memory() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    forAll(random -> {
      var schema = RandomSchemas.parse(new RandomSchemas(random).event());
      var type = Anything.type(schema);
      var codec = EventCodec.of(SchemaRegistry.inMemory());
      var decoder = codec.decoder(List.of(type));
      var payload = codec.encode(type, new RandomValues(random).record(schema, 4));
      decoder.decode(payload);
      codec.decodeAny(payload);
      for (int i = 0; i < 20; i++) {
        var damaged = damaged(payload, random);
        long before = threads.getCurrentThreadAllocatedBytes();
        assertOnlySchemaException(() -> decoder.decode(damaged));
        assertOnlySchemaException(() -> codec.decodeAny(damaged));
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);
      }
    });
  }

  @Test
  void a_payload_cut_anywhere_is_never_taken_for_a_whole_one() {
    forAll(random -> {
      var schema = RandomSchemas.parse(new RandomSchemas(random).event());
      var type = Anything.type(schema);
      var codec = EventCodec.of(SchemaRegistry.inMemory());
      var decoder = codec.decoder(List.of(type));
      var payload = codec.encode(type, new RandomValues(random).record(schema, 3));
      var cut = Arrays.copyOf(payload, random.nextInt(payload.length));

      assertThat(failure(() -> decoder.decode(cut))).isNotNull();
    });
  }

  private static byte[] damaged(byte[] payload, Random random) {
    var damaged = random.nextInt(4) == 0
        ? Arrays.copyOf(payload, 5 + random.nextInt(payload.length))
        : payload.clone();
    for (int i = 1 + random.nextInt(3); i > 0 && damaged.length > 5; i--) {
      int at = 5 + random.nextInt(damaged.length - 5);
      switch (random.nextInt(4)) {
        case 0 -> damaged[at] = (byte) random.nextInt();
        case 1 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> Arrays.fill(damaged, at, Math.min(damaged.length, at + random.nextInt(10)), (byte) 0xFF);
        default -> {
          for (int j = at; j < damaged.length; j++) {
            damaged[j] = (byte) random.nextInt();
          }
        }
      }
    }
    return damaged;
  }

  private static void assertOnlySchemaException(Runnable decoding) {
    failure(decoding);
  }

  private static @Nullable SchemaException failure(Runnable decoding) {
    try {
      decoding.run();
      return null;
    } catch (SchemaException e) {
      assertThat(e.code()).isIn(SchemaException.Code.MALFORMED, SchemaException.Code.TRUNCATED,
          SchemaException.Code.NOT_FRAMED, SchemaException.Code.UNREADABLE);
      return e;
    }
  }

  private static byte[] body(byte[] payload) {
    return Arrays.copyOfRange(payload, 5, payload.length);
  }

  private static byte[] byAvro(Schema schema, Anything event) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<@Nullable Object>(schema, RandomValues.avro()).write(
        RandomValues.toAvro(schema, event),
        encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private static @Nullable Object readByAvro(Schema writer, Schema reader, byte[] body) throws IOException {
    var in = new java.io.ByteArrayInputStream(body);
    try {
      return RandomValues.plain(new GenericDatumReader<@Nullable Object>(writer, reader, RandomValues.avro())
          .read(null, DecoderFactory.get().directBinaryDecoder(in, null)));
    } catch (AvroRuntimeException e) {
      throw new AssertionError("Avro cannot read " + reader + " of " + writer, e);
    }
  }
}
