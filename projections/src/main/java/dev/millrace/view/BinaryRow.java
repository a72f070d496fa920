package dev.millrace.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.ByteConverter;

/**
 * A row, as {@link Mapping#stored} has it, in PostgreSQL's binary format (documentation of COPY, "Binary Format", and the types'
 * send and receive functions): the number of fields, and of each its length, -1 for null, and its bytes.
 */
final class BinaryRow {
  private static final long EPOCH_SECOND = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
  private static final long EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();
  private static final int JSONB_VERSION = 1;

  private BinaryRow() {}

  static void write(DataOutputStream out, List<Column> columns, @Nullable Object[] stored)
      throws IOException {
    out.writeShort(stored.length);
    for (int i = 0; i < stored.length; i++)
      write(out, columns.get(i).type(), stored[i]);
  }

  private static void write(DataOutputStream out, ColumnType type, @Nullable Object value)
      throws IOException {
    if (value == null) {
      out.writeInt(-1);
      return;
    }
    switch (type) {
      case TEXT -> bytes(out, ((String) value).getBytes(UTF_8));
      case BIGINT -> {
        out.writeInt(Long.BYTES);
        out.writeLong((Long) value);
      }
      case INTEGER -> {
        out.writeInt(Integer.BYTES);
        out.writeInt((Integer) value);
      }
      case BOOLEAN -> {
        out.writeInt(1);
        out.writeBoolean((Boolean) value);
      }
      case DOUBLE -> {
        out.writeInt(Double.BYTES);
        out.writeDouble((Double) value);
      }
      case NUMERIC -> bytes(out, ByteConverter.numeric((BigDecimal) value));
      case TIMESTAMP -> {
        out.writeInt(Long.BYTES);
        out.writeLong(micros((Instant) value));
      }
      case DATE -> {
        out.writeInt(Integer.BYTES);
        out.writeInt(Math.toIntExact(((LocalDate) value).toEpochDay() - EPOCH_DAY));
      }
      case JSON -> {
        var text = ((String) value).getBytes(UTF_8);
        out.writeInt(text.length + 1);
        out.writeByte(JSONB_VERSION);
        out.write(text);
      }
    }
  }

  private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static long micros(Instant time) {
    return (time.getEpochSecond() - EPOCH_SECOND) * 1_000_000 + time.getNano() / 1_000;
  }

  /** Reads what {@link #write} wrote. */
  static @Nullable Object[] read(DataInputStream in, List<Column> columns) throws IOException {
    var stored = new Object[in.readUnsignedShort()];
    for (int i = 0; i < stored.length; i++) {
      int length = in.readInt();
      stored[i] = length < 0 ? null : read(in, columns.get(i).type(), length);
    }
    return stored;
  }

  private static Object read(DataInputStream in, ColumnType type, int length) throws IOException {
    return switch (type) {
      case TEXT -> new String(in.readNBytes(length), UTF_8);
      case BIGINT -> in.readLong();
      case INTEGER -> in.readInt();
      case BOOLEAN -> in.readBoolean();
      case DOUBLE -> in.readDouble();
      case NUMERIC -> ByteConverter.numeric(in.readNBytes(length));
      case TIMESTAMP -> time(in.readLong());
      case DATE -> LocalDate.ofEpochDay(in.readInt() + EPOCH_DAY);
      case JSON -> {
        int version = in.readUnsignedByte();
        if (version != JSONB_VERSION)
          throw new IOException("jsonb of version " + version);
        yield new String(in.readNBytes(length - 1), UTF_8);
      }
    };
  }

  private static Instant time(long micros) {
    return Instant.ofEpochSecond(EPOCH_SECOND + Math.floorDiv(micros, 1_000_000L),
        Math.floorMod(micros, 1_000_000L) * 1_000);
  }
}
