package dev.millrace.view;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevPostgres;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** The servers that all tests of a run share: started when first wanted, stopped with the process. */
final class Servers {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private Servers() {}

  private static final class Postgres {
    static final DevPostgres SERVER = DevPostgres.start();
    static {
      stopWithProcess(SERVER);
    }
  }

  private static final class Kafka {
    static final DevKafka SERVER = DevKafka.start();
    static {
      stopWithProcess(SERVER);
    }
  }

  private static void stopWithProcess(AutoCloseable server) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
      try {
        server.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }));
  }

  /** A database of the test's own. */
  static DataSource database() {
    return Postgres.SERVER.createDatabase("test_" + number());
  }

  static String kafka() {
    return Kafka.SERVER.bootstrapServers();
  }

  /** A number that no other test of this run has. */
  static int number() {
    return NUMBER.incrementAndGet();
  }
}
