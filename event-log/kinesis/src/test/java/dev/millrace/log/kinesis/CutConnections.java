package dev.millrace.log.kinesis;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Optional;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** The way to a database, which can be cut: what a process that was halted, or a cut cable, is to the database. */
final class CutConnections implements DataSource {
  private final DataSource source;
  private volatile boolean cut;
  private volatile Optional<Error> failing = Optional.empty();

  CutConnections(DataSource source) {
    this.source = source;
  }

  void cut() {
    cut = true;
  }

  /** From now on asking for a connection fails as a defect does, until it is mended. */
  void fail(Error with) {
    failing = Optional.of(with);
  }

  void mend() {
    cut = false;
    failing = Optional.empty();
  }

  @Override
  public Connection getConnection() throws SQLException {
    var error = failing;
    if (error.isPresent())
      throw error.get();
    if (cut)
      throw new SQLNonTransientConnectionException("the connection was cut");
    return source.getConnection();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return source.getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    source.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    source.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return source.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return source.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return source.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return source.isWrapperFor(type);
  }
}
