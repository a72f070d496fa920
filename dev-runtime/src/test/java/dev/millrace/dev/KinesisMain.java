package dev.millrace.dev;

import dev.millrace.test.ForkedJvm;
import java.nio.file.Path;

/** A process that starts a Kinesis on a folder, writes to it, and prints what was acknowledged. */
final class KinesisMain {
  private KinesisMain() {}

  public static void main(String[] arguments) throws Exception {
    ForkedJvm.endWithParent();
    try (var kinesis = DevKinesis.builder().dataDir(Path.of(arguments[0])).start()) {
      ProcessHandle.current().children().forEach(server -> System.out.println("server " + server.pid()));
      var stream = new KinesisCalls(kinesis.endpoint(), "a");
      stream.create();
      for (int i = 0;; i++) {
        stream.put(Integer.toString(i));
        System.out.println("acknowledged " + i);
      }
    }
  }
}
