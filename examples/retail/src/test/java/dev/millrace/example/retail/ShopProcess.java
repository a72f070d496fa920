package dev.millrace.example.retail;

import dev.millrace.test.ForkedJvm;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The shop as a process of its own, for tests that kill it and watch its screen: {@code DATA_DIR REPORT ROWS_PER_SECOND LOG}. */
final class ShopProcess {
  private ShopProcess() {}

  public static void main(String[] args) throws Exception {
    ForkedJvm.endWithParent();
    var log = "Kinesis".equals(args[3]) ? Logs.kinesis() : new DemoOptions.Log.Kafka();
    var options = new DemoOptions(Optional.empty(), OptionalLong.of(Long.parseLong(args[2])),
        Optional.of(Path.of(args[0])),
        true, Optional.of(Path.of(args[1])), 0, log);
    var screen = new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    boolean reconciled;
    try (var demo = Demo.start(options, screen, true)) {
      var report = demo.run();
      reconciled = report.reconciled();
      System.out.print(report.toTable());
    }
    System.exit(reconciled ? 0 : 1);
  }
}
