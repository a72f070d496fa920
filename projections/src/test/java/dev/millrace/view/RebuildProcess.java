package dev.millrace.view;

import java.nio.file.Path;
import java.time.Duration;

/** A rebuild in a process of its own, for tests that kill it. */
final class RebuildProcess {
  private RebuildProcess() {}

  /** The arguments, besides those of {@link ForkedStage}, are the folder and the memory. */
  public static void main(String[] arguments) {
    var stage = ForkedStage.of(arguments);
    try (var log = TestedLog.CHOSEN.openFrugal(stage.database);
        var _ = Rebuild.of(stage.shop.orderTrails()).log(log).codec(stage.codec).database(stage.database)
            .folder(Path.of(stage.arguments.get(0))).memory(Long.parseLong(stage.arguments.get(1)))
            .throttle(2_000).saveEvery(Duration.ZERO).start()) {
      ForkedStage.awaitDeath();
    }
  }
}
