package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.test.ForkedJvm;
import dev.millrace.test.Randomized;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("acceptance")
class StandstillTest {
  /** Longer than a controller gives a broker by default, which is 9 seconds. */
  private static final Duration STANDSTILL = Duration.ofSeconds(11);
  /** Whether the controller first hears the broker or its own clock when time goes on is chance. */
  private static final int TIMES = Randomized.rounds(2, 4);

  @TempDir
  private Path folder;

  @Test
  void a_broker_that_stood_still_leads_as_before() throws Exception {
    try (var process = ForkedJvm.start(RuntimeMain.class, folder.toString())) {
      var servers = process.awaitLine("ready").split("BOOTSTRAP_SERVERS=|[,}]", 3)[1];
      process.awaitLine("acknowledged");
      int before = Contents.leaderEpoch(servers);

      for (int i = 0; i < TIMES; i++) {
        standStill(process);
        long acknowledged = acknowledged(process);
        // The first of them may have been under way before.
        process.await("two writes after the standstill", () -> acknowledged(process) >= acknowledged + 2);
      }

      assertThat(Contents.leaderEpoch(servers)).as("%s", process).isEqualTo(before);
    }
  }

  /** As on a machine that sleeps: the process does not run, and time goes on. */
  private static void standStill(ForkedJvm process) throws InterruptedException {
    process.signal("STOP");
    assertThat(process.process().waitFor(STANDSTILL)).as("the process ended: %s", process).isFalse();
    process.signal("CONT");
  }

  private static long acknowledged(ForkedJvm process) {
    return process.output().lines().filter(line -> line.startsWith("acknowledged")).count();
  }
}
