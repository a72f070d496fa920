package dev.millrace.example.retail;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The shop as a process of its own, for tests that kill it: {@code DATA_DIR REPORT ROWS_PER_SECOND}. */
final class ShopProcess {
  private ShopProcess() {}

  public static void main(String[] args) throws Exception {
    var options = new DemoOptions(Optional.empty(), OptionalLong.of(Long.parseLong(args[2])),
        Optional.of(Path.of(args[0])),
        true, Optional.of(Path.of(args[1])), 0);
    boolean reconciled;
    try (var demo = Demo.start(options, new PrintWriter(Writer.nullWriter()), false)) {
      System.out.println("started");
      var report = demo.run();
      reconciled = report.reconciled();
      System.out.print(report.toTable());
    }
    System.exit(reconciled ? 0 : 1);
  }
}
