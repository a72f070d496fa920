package dev.millrace.cli;

/** Where the launcher script enters. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Console console = Console.ofProcess();
    // whoever prints without being asked must not mix with the data
    System.setOut(System.err);
    Logs.verbosity(0);
    int code = Training.wanted().isPresent()
        ? Training.run(Training.wanted().get())
        : Millrace.run(console, args);
    System.exit(code);
  }
}
