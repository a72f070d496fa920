package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.schema.Fault;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Code of a projection that gets the transaction: the events one after the other, each of them all of it, or nothing. */
abstract class InTurn<R extends Record> implements Writing<R> {
  private static final Set<String> NOT_THEIRS = Set.of("commit", "rollback", "close", "abort",
      "setAutoCommit");

  private final String reason;

  /** @param reason why an event is parked whose code throws */
  InTurn(String reason) {
    this.reason = reason;
  }

  /**
   * Does what the event does.
   *
   * @param lent the connection, for the projection's code
   * @return why the event is to be kept aside; empty where it is done
   */
  abstract Optional<Failure> run(Decoded.Changes<R> event, Connection connection, Connection lent)
      throws SQLException;

  /** By how many rows the view has grown in this transaction, what was rolled back included. */
  abstract long grown(Connection connection) throws SQLException;

  @Override
  public Optional<Outcome<R>> write(Connection connection, List<Decoded<R>> batch, ParkedKeys parkedKeys)
      throws SQLException {
    var keys = parkedKeys.copy();
    var parked = new ArrayList<ParkedRecord>();
    var events = new HashMap<Partition, Integer>();
    var lent = lent(connection);
    long growth = 0;
    long before = grown(connection);
    for (var decoded : batch) {
      var failure = failure(decoded, keys, connection, lent);
      if (failure.isPresent()) {
        parked.add(new ParkedRecord(decoded.record(), failure.get()));
        keys.add(decoded.record());
        before = grown(connection);
      } else if (decoded instanceof Decoded.Changes<R>) {
        events.merge(decoded.record().partition(), 1, Integer::sum);
        long now = grown(connection);
        growth += now - before;
        before = now;
      }
    }
    return Optional
        .of(new Outcome<>(new TreeMap<>(), new TreeMap<>(), List.of(), Math.toIntExact(growth), parked,
            keys, events));
  }

  private Optional<Failure> failure(Decoded<R> decoded, ParkedKeys keys, Connection connection,
      Connection lent)
      throws SQLException {
    return switch (decoded) {
      case Decoded.Ignored<R> ignored -> Optional.empty();
      case Decoded.Faulty<R>(_, var failure) -> Optional.of(failure);
      case Decoded.Changes<R> event -> keys.waits(event.record())
          ? Optional.of(Failure.follows(event.record()))
          : failure(event, connection, lent);
    };
  }

  private Optional<Failure> failure(Decoded.Changes<R> event, Connection connection, Connection lent)
      throws SQLException {
    var before = connection.setSavepoint();
    Optional<Failure> failure;
    try {
      failure = run(event, connection, lent);
    } catch (SQLException | RuntimeException e) {
      failure = Optional.of(failure(event.record(), e));
    }
    if (failure.isPresent())
      connection.rollback(before);
    connection.releaseSavepoint(before);
    return failure;
  }

  /** Why the record is kept aside; throws again what is not its fault. */
  private Failure failure(LogRecord record, Exception thrown) throws SQLException {
    var sql = sqlException(thrown);
    if (sql != null) {
      if (!SqlFailure.isOfValues(sql))
        throw sql;
      return Failure.refused(record, sql);
    }
    if (thrown instanceof RuntimeException e && Faults.of(e) == Fault.EXTERNAL)
      throw e;
    return Failure.of(record, reason, thrown);
  }

  private static @Nullable SQLException sqlException(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql)
        return sql;
    }
    return null;
  }

  /** The connection, for code that must not end the transaction. */
  private static Connection lent(Connection connection) {
    return (Connection) Proxy.newProxyInstance(InTurn.class.getClassLoader(),
        new Class<?>[]{Connection.class},
        (_, method, arguments) -> {
          boolean toSavepoint = method.getName().equals("rollback") && arguments != null;
          if (NOT_THEIRS.contains(method.getName()) && !toSavepoint) {
            throw new IllegalStateException("the code called " + method.getName()
                + " of its connection, whose transaction is ended for it: leave that out");
          }
          try {
            return method.invoke(connection, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }
}
