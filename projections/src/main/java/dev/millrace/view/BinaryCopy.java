package dev.millrace.view;

import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Rows on their way into a table by COPY in PostgreSQL's binary format (documentation of COPY, "Binary Format"). Owned by one thread, which does nothing else with the connection meanwhile.
 */
final class BinaryCopy implements AutoCloseable {
  private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
  private static final int BUFFER = 1 << 16;

  private final List<Column> columns;
  private final PGCopyOutputStream copy;
  private final DataOutputStream out;

  /**
   * Begins.
   *
   * @param table its name, quoted
   * @param fresh whether it was made or emptied in this transaction, so that its rows need not be frozen later
   */
  BinaryCopy(Connection connection, String table, List<Column> columns, boolean fresh) throws SQLException {
    this.columns = columns;
    var names = columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
    this.copy = new PGCopyOutputStream(connection.unwrap(PGConnection.class),
        "COPY " + table + " (" + names + ") FROM STDIN WITH (FORMAT binary" + (fresh ? ", FREEZE)" : ")"),
        BUFFER);
    this.out = new DataOutputStream(copy);
    writing(() -> {
      out.write(SIGNATURE);
      out.writeInt(0); // flags
      out.writeInt(0); // length of the header's extension
    });
  }

  /** A row, as {@link Mapping#stored} has it. */
  void row(@Nullable Object[] stored) throws SQLException {
    writing(() -> BinaryRow.write(out, columns, stored));
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
