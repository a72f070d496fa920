package dev.millrace.view;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** A rebuild in a process of its own, for tests that kill it. Ends with the process that started it. */
final class RebuildProcess {
  private RebuildProcess() {}

  /** The arguments are the database, the stream, the folder and the memory. */
  public static void main(String[] arguments) throws IOException {
    var database = Forked.database(arguments[0]);
    var shop = Shop.on(arguments[1]);
    var codec = Forked.codec(shop);
    try (var log = TestedLog.CHOSEN.openFrugal(database);
        var _ = Rebuild.of(shop.orderTrails()).log(log).codec(codec).database(database)
            .folder(Path.of(arguments[2]))
            .memory(Long.parseLong(arguments[3])).throttle(2_000).saveEvery(Duration.ZERO).start()) {
      System.in.transferTo(System.out);
    }
  }
}
