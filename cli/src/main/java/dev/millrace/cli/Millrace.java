package dev.millrace.cli;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.ScopeType;

/** The top of the command tree. */
@Command(name = "millrace", mixinStandardHelpOptions = true, versionProvider = Version.class, scope = ScopeType.INHERIT, usageHelpWidth = 100, sortOptions = false, synopsisSubcommandLabel = "COMMAND", description = "An event-driven streaming backbone: one contract, proved views, safe rebuilds.", subcommands = {
    GenerateCompletion.class}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {"0:done",
        "1:failed; the reason is one line on standard error",
        "2:the command line cannot be understood"})
final class Millrace {

  /** Runs one command line to its end and returns the exit code. */
  static int run(Console console, String... args) {
    int code = commandLine(console).execute(args);
    console.out().flush();
    console.err().flush();
    return code;
  }

  private static CommandLine commandLine(Console console) {
    return new CommandLine(new Millrace())
        .setOut(console.out())
        .setErr(console.err())
        .setColorScheme(Help.defaultColorScheme(console.ansi()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new Failures());
  }
}
