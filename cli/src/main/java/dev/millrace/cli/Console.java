package dev.millrace.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * The two streams a command writes to, and whether it may use colour. Both are UTF-8 whatever the locale is:
 * what the commands print is read by programs as often as by people.
 *
 * @param out data
 * @param err everything else
 * @param colour whether {@code out} is a terminal whose user has not asked for plain text
 */
record Console(PrintWriter out, PrintWriter err, boolean colour) {

  /** Property set by the launcher, which can ask its shell; Java cannot tell the streams apart. */
  private static final String OUT_IS_TERMINAL = "millrace.terminal.out";

  static Console ofProcess() {
    return new Console(writer(FileDescriptor.out), writer(FileDescriptor.err),
        Boolean.getBoolean(OUT_IS_TERMINAL) && allowsColour(System.getenv()));
  }

  /** See https://no-color.org: any value that is not empty switches colour off. */
  static boolean allowsColour(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
  }

  Ansi ansi() {
    return colour ? Ansi.ON : Ansi.OFF;
  }

  /**
   * Whether the reader of {@code out} has gone, as {@code head} does when it has seen enough. A command that
   * prints without end asks after each piece, and then stops without a word.
   */
  boolean readerHasGone() {
    return out.checkError();
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
