package dev.millrace.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import com.fasterxml.jackson.databind.JsonNode;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;

/** The defaults of fields as bytes, so that they take the way that other values take. */
final class Defaults {
  private Defaults() {}

  /** The default as the codec reads it. */
  static Optional<JsonNode> read(Schema.Field field) {
    try {
      var plan = ReadPlan.of(field.schema(), field.schema(), Shapes.NONE);
      return Optional.of(Witnesses.json(plan.read(new AvroInput(encoded(field), 0))));
    } catch (PathException | AvroRuntimeException e) {
      return Optional.empty();
    }
  }

  static boolean isReadable(Schema.Field field) {
    return read(field).isPresent();
  }

  static byte[] encoded(Schema.Field field) {
    var bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(field.schema()).write(GenericData.get().getDefaultValue(field), encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
