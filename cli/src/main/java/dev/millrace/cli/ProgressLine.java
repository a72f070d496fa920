package dev.millrace.cli;

import java.util.Optional;

/** How far something is, on standard error: one line that is written anew on a terminal, a line each time elsewhere. */
final class ProgressLine implements AutoCloseable {
  private static final String WIPE = "\r\u001b[K";

  private final Console console;
  private final boolean terminal = Optional.ofNullable(System.console()).filter(java.io.Console::isTerminal)
      .isPresent();
  private boolean told;

  ProgressLine(Console console) {
    this.console = console;
  }

  void tell(String text) {
    if (terminal)
      console.err().print(WIPE + "millrace: " + text);
    else
      console.err().println("millrace: " + text);
    console.err().flush();
    told = true;
  }

  /** Leaves nothing of it on a terminal. */
  @Override
  public void close() {
    if (!terminal || !told)
      return;
    console.err().print(WIPE);
    console.err().flush();
  }
}
