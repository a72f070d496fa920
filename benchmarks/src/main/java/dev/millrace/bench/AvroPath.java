package dev.millrace.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/** Avro's own way, with everything reused that can be. Owned by one thread. */
final class AvroPath<T> {
  private final DatumWriter<T> writer;
  private final DatumReader<T> reader;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
  private BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
  private BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);

  AvroPath(DatumWriter<T> writer, DatumReader<T> reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /** Orders as the class that Avro compiles for them, at its quickest: fast reader, custom coders. */
  static AvroPath<bench.avro.Order> ofOrders() {
    var data = new SpecificData();
    data.setFastReaderEnabled(true);
    data.setCustomCoders(true);
    var schema = bench.avro.Order.getClassSchema();
    return new AvroPath<>(new SpecificDatumWriter<>(schema, data),
        new SpecificDatumReader<>(schema, schema, data));
  }

  byte[] encode(T value) throws IOException {
    return encode(new byte[0], value);
  }

  /** Encodes a value after these bytes. */
  byte[] encode(byte[] frame, T value) throws IOException {
    bytes.reset();
    bytes.writeBytes(frame);
    encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
    writer.write(value, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  @SuppressWarnings("NullAway") // Avro takes null for "nothing to reuse"
  T decode(byte[] payload) throws IOException {
    decoder = DecoderFactory.get().binaryDecoder(payload, decoder);
    return reader.read(null, decoder);
  }

  List<T> decodeAll(List<byte[]> payloads) throws IOException {
    var values = new ArrayList<T>();
    for (var payload : payloads) {
      values.add(decode(payload));
    }
    return values;
  }
}
