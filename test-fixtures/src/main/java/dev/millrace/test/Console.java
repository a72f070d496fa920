package dev.millrace.test;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The console of the build, which a test's standard output does not reach: Surefire writes that to a file. */
public final class Console {
  private static final PrintStream ERR = new PrintStream(new FileOutputStream(FileDescriptor.err), true,
      StandardCharsets.UTF_8);

  private Console() {}

  /** Prints a line to the standard error of the process. */
  public static void println(String line) {
    ERR.println(line);
  }
}
