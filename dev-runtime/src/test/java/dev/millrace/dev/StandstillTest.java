package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandstillTest {
  /** Longer than a controller gives a broker unless it is told otherwise, which is 9 seconds. */
  private static final Duration STANDSTILL = Duration.ofSeconds(11);
  /** Which of the two the controller hears first when time goes on, the broker or its own clock, is chance. */
  private static final int TIMES = 4;

  @TempDir
  private Path folder;

  @Test
  void a_broker_that_stood_still_leads_as_before() throws Exception {
    try (var process = Forked.main(RuntimeMain.class, folder.toString())) {
      var servers = process.await("ready").split("BOOTSTRAP_SERVERS=|[,}]", 3)[1];
      process.await("acknowledged");
      int before = Contents.leaderEpoch(servers);

      for (int i = 0; i < TIMES; i++) {
        process.standStill(STANDSTILL);
        process.await("acknowledged");
      }

      assertThat(Contents.leaderEpoch(servers)).isEqualTo(before);
    }
  }
}
