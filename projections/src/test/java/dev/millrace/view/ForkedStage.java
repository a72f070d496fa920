package dev.millrace.view;

import dev.millrace.dev.DevPostgres;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.test.ForkedJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What a process that a test kills has of the {@link Stage} of the test: its database, its events and the log of the run. */
final class ForkedStage {
  final DataSource database;
  final Shop shop;
  /** A codec that has the same ids as the one of the {@link Stage}. */
  final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());
  /** The arguments that the test has given to {@link #start}. */
  final List<String> arguments;

  private ForkedStage(String url, String stream, List<String> arguments) {
    this.database = database(url);
    this.shop = Shop.on(stream);
    this.arguments = List.copyOf(arguments);
    codec.encode(shop.placed(), Stage.placed("", "", "0", 0)); // as the first of those that are to be read
  }

  /** Starts the {@code main} method of a class, which passes its arguments to {@link #of}. */
  static ForkedJvm start(Class<?> main, Stage stage, String... arguments) {
    var all = new ArrayList<>(
        List.of(((PGSimpleDataSource) stage.database).getUrl(), stage.stream.value()));
    all.addAll(List.of(arguments));
    return ForkedJvm.of(main).property(TestedLog.PROPERTY, TestedLog.CHOSEN.name())
        .property(TestedLog.ADDRESS_PROPERTY, TestedLog.CHOSEN.address()).start(all.toArray(String[]::new));
  }

  /** Returns the stage for a process that {@link #start} has started, and ends the process when the test's is gone. */
  static ForkedStage of(String[] arguments) {
    ForkedJvm.endWithParent();
    return new ForkedStage(arguments[0], arguments[1], List.of(arguments).subList(2, arguments.length));
  }

  /** Blocks until the process is killed. */
  static void awaitDeath() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DataSource database(String url) {
    var database = new PGSimpleDataSource();
    database.setUrl(url);
    database.setUser(DevPostgres.USER);
    return database;
  }
}
