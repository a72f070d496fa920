package dev.millrace.dev;

import java.io.IOException;
import java.io.OutputStream;

/** The test that started this process, whose end is the end of the standard input. */
final class ParentProcess {
  private ParentProcess() {}

  /** Ends this process, without its shutdown hooks, when the test's process is gone. */
  static void endWithIt() {
    Thread.ofPlatform().daemon().name("parent-process").start(() -> {
      try {
        System.in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        System.out.println("the standard input failed: " + e);
      } finally {
        Runtime.getRuntime().halt(1);
      }
    });
  }
}
