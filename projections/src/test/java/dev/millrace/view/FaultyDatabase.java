package dev.millrace.view;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A real database whose connections break when a test says so. */
final class FaultyDatabase {
  /** What happens around a commit. */
  @FunctionalInterface
  interface Moment {
    void happens() throws SQLException;
  }

  /** Who looks at what is about to be committed. */
  @FunctionalInterface
  interface Look {
    void at(Connection connection) throws SQLException;
  }

  /** What happens before a statement. */
  @FunctionalInterface
  interface Statement {
    void prepared(String sql);
  }

  private final DataSource real;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger most = new AtomicInteger();
  private volatile boolean cut;
  volatile Statement beforeStatement = sql -> {};
  volatile Look look = connection -> {};
  volatile Moment beforeCommit = () -> {};
  volatile Moment afterCommit = () -> {};

  FaultyDatabase(DataSource real) {
    this.real = real;
  }

  DataSource dataSource() {
    return proxy(DataSource.class, (method, arguments) -> {
      refuseWhenCut();
      var result = invoke(real, method, arguments);
      if (!(result instanceof Connection connection))
        return result;
      open.add(connection);
      most.accumulateAndGet(open.size(), Math::max);
      return proxy(Connection.class, (called, with) -> on(connection, called, with));
    });
  }

  private Object on(Connection connection, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("close")) {
      open.remove(connection);
      return invoke(connection, method, arguments);
    }
    refuseWhenCut();
    if (method.getName().equals("prepareStatement"))
      beforeStatement.prepared((String) arguments[0]);
    if (!method.getName().equals("commit"))
      return invoke(connection, method, arguments);
    look.at(connection);
    beforeCommit.happens();
    refuseWhenCut();
    var result = invoke(connection, method, arguments);
    afterCommit.happens();
    return result;
  }

  /** The most connections that there were at a time. */
  int mostConnections() {
    return most.get();
  }

  /** Nothing reaches the database from here on, and what was begun is gone: as when the process is killed. */
  void cut() {
    cut = true;
    for (var connection : open) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static SQLException broken() {
    return new SQLException("the connection broke", "08006");
  }

  private void refuseWhenCut() throws SQLException {
    if (cut)
      throw broken();
  }

  @FunctionalInterface
  private interface Call {
    Object make(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
        (proxy, method, arguments) -> call.make(method, arguments)));
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
