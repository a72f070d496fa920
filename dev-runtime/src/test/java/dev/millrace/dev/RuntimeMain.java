package dev.millrace.dev;

import dev.millrace.test.ForkedJvm;
import java.nio.file.Path;

/** A process that runs a runtime on a folder, writes to all three servers, and prints what was acknowledged. */
final class RuntimeMain {
  private RuntimeMain() {}

  public static void main(String[] arguments) throws Exception {
    ForkedJvm.endWithParent();
    try (var runtime = DevRuntime.builder().dataDir(Path.of(arguments[0])).start()) {
      System.out.println("ready " + runtime.environment());
      var contents = new Contents(runtime);
      contents.prepare();
      for (int i = 0;; i++) {
        contents.write(i);
        System.out.println("acknowledged " + i);
      }
    }
  }
}
