package dev.millrace.dev;

import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * The servers that all tests of a JVM share. Each one starts when it is first asked for and stops with the JVM; do not
 * close it. Tests keep apart by streams and databases of their own:
 *
 * <pre>{@code
 * var log = KafkaLog.at(KafkaLogConfig.of(SharedServers.kafka().bootstrapServers()));
 * var views = SharedServers.createDatabase();
 * }</pre>
 *
 * <p>Their data is deleted when the JVM exits. A test that stops a server starts one of its own. Safe for use by several
 * threads.
 */
public final class SharedServers {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private SharedServers() {}

  private static final class Kafka {
    static final DevKafka SERVER = DevKafka.start();
    static {
      atExit(SERVER::discardAtExit, "shared-kafka-stop");
    }
  }

  private static final class Postgres {
    // What is not flushed is lost with the machine, not with the process.
    static final DevPostgres SERVER = DevPostgres.builder().set("fsync", "off").start();
  }

  private static final class Kinesis {
    static final DevKinesis SERVER = DevKinesis.start();
    static {
      atExit(SERVER::close, "shared-kinesis-stop");
    }
  }

  private static void atExit(Runnable action, String thread) {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name(thread).unstarted(action));
  }

  /** Returns the broker. */
  public static DevKafka kafka() {
    return Kafka.SERVER;
  }

  /** Returns the database server. It does not flush to disk. */
  public static DevPostgres postgres() {
    return Postgres.SERVER;
  }

  /**
   * Returns the local Kinesis.
   *
   * @throws DevException when {@link DevKinesis#unavailable} gives a reason
   */
  public static DevKinesis kinesis() {
    DevKinesis.unavailable().ifPresent(why -> {
      throw new DevException(DevException.Code.NOT_STARTED, why);
    });
    return Kinesis.SERVER;
  }

  /** Returns whether a local Kinesis can be started. Installs its package if it is missing. */
  public static boolean hasKinesis() {
    return DevKinesis.unavailable().isEmpty();
  }

  /** Creates a database that no other test of the JVM has. */
  public static DataSource createDatabase() {
    return postgres().createDatabase(uniqueName("test"));
  }

  /** Returns a name for a database or a stream that no other test of the JVM has. */
  public static String uniqueName(String start) {
    return start + "_" + NUMBER.incrementAndGet();
  }
}
