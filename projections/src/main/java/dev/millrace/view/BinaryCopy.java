package dev.millrace.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;
import org.postgresql.util.ByteConverter;

/**
 * Rows on their way into a table by COPY in PostgreSQL's binary format (documentation of COPY, "Binary Format", and the
 * types' receive functions). Owned by one thread, which does nothing else with the connection meanwhile.
 */
final class BinaryCopy implements AutoCloseable {
  private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
  private static final int BUFFER = 1 << 16;
  private static final long EPOCH_SECOND = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
  private static final long EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();
  private static final int JSONB_VERSION = 1;

  private final List<Column> columns;
  private final PGCopyOutputStream copy;
  private final DataOutputStream out;

  /**
   * Begins.
   *
   * @param table its name, quoted; made or emptied in this transaction, so that its rows need not be frozen later
   */
  BinaryCopy(Connection connection, String table, List<Column> columns) throws SQLException {
    this.columns = columns;
    var names = columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    this.copy = new PGCopyOutputStream(connection.unwrap(PGConnection.class),
        "COPY " + table + " (" + names + ") FROM STDIN WITH (FORMAT binary, FREEZE)", BUFFER);
    this.out = new DataOutputStream(copy);
    writing(() -> {
      out.write(SIGNATURE);
      out.writeInt(0); // flags
      out.writeInt(0); // length of the header's extension
    });
  }

  /** A row, as {@link Mapping#stored} has it. */
  void row(@Nullable Object[] stored) throws SQLException {
    writing(() -> {
      out.writeShort(stored.length);
      for (int i = 0; i < stored.length; i++)
        field(columns.get(i).type(), stored[i]);
    });
  }

  private void field(ColumnType type, @Nullable Object value) throws IOException {
    if (value == null) {
      out.writeInt(-1);
      return;
    }
    switch (type) {
      case TEXT -> bytes(((String) value).getBytes(UTF_8));
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
      case NUMERIC -> bytes(ByteConverter.numeric((BigDecimal) value));
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

  private void bytes(byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static long micros(Instant time) {
    return (time.getEpochSecond() - EPOCH_SECOND) * 1_000_000 + time.getNano() / 1_000;
  }

  /** Ends, and answers how many rows the table took. */
  long end() throws SQLException {
    writing(() -> out.writeShort(-1));
    return writing(copy::endCopy);
  }

  /** Takes back what was not ended. */
  @Override
  public void close() throws SQLException {
    if (copy.isActive())
      copy.cancelCopy();
  }

  @FunctionalInterface
  private interface Writing {
    void run() throws IOException, SQLException;
  }

  @FunctionalInterface
  private interface Ending {
    long run() throws IOException, SQLException;
  }

  private static void writing(Writing work) throws SQLException {
    writing(() -> {
      work.run();
      return 0;
    });
  }

  /** A stream of a connection fails with what the connection failed with. */
  private static long writing(Ending work) throws SQLException {
    try {
      return work.run();
    } catch (IOException e) {
      if (e.getCause() instanceof SQLException cause)
        throw cause;
      throw new SQLException("the connection to the database broke off in COPY", "08006", e);
    }
  }
}
