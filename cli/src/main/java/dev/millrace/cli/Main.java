package dev.millrace.cli;

/** Where the launcher script enters. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int code = Millrace.run(Console.ofProcess(), args);
    System.exit(code);
  }
}
