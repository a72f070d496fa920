package dev.millrace.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevKinesis;
import dev.millrace.dev.DevPostgres;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** The servers that all tests of a run share: started when first wanted, stopped with the process. */
final class Servers {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  /** The address of the log of the process that started this one. */
  private static final @Nullable String GIVEN = System.getProperty("millrace.log.address");

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

  private static final class Kinesis {
    static final Optional<String> MISSING = DevKinesis.unavailable();
    static final Optional<DevKinesis> SERVER = MISSING.isPresent()
        ? Optional.empty()
        : Optional.of(DevKinesis.start());
    static {
      SERVER.ifPresent(Servers::stopWithProcess);
      // Past the redirection to files.
      MISSING.ifPresent(why -> new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8)
          .println("The tests of views on Kinesis are skipped: " + why));
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
    return GIVEN == null ? Kafka.SERVER.bootstrapServers() : GIVEN;
  }

  /** Where there is none, the test is skipped; one line on the console says why. */
  static URI kinesis() {
    if (GIVEN != null)
      return URI.create(GIVEN);
    Kinesis.MISSING.ifPresent(why -> Assumptions.abort("no local Kinesis: " + why));
    return Kinesis.SERVER.orElseThrow().endpoint();
  }

  /** A number that no other test of this run has. */
  static int number() {
    return NUMBER.incrementAndGet();
  }
}
