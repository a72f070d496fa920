package dev.millrace.cli;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The top of the command tree, and what all of it shares. */
@Command(name = "millrace", mixinStandardHelpOptions = true, versionProvider = Version.class, scope = ScopeType.INHERIT, usageHelpWidth = 100, sortOptions = false, synopsisSubcommandLabel = "COMMAND", description = "An event-driven streaming backbone: one contract, proved views, safe rebuilds.", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
    "0:done", "1:failed; the reason is one line on standard error",
    "2:the command line cannot be understood", "100:a change of a schema may not ship"})
final class Millrace {
  private boolean stackTrace;

  @Option(names = {"-v",
      "--verbose"}, scope = ScopeType.INHERIT, description = "log more to standard error; -vv for everything of ours")
  void verbose(boolean[] times) {
    Logs.verbosity(times.length);
  }

  @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "show where a failure comes from")
  void stackTrace(boolean wanted) {
    this.stackTrace = wanted;
  }

  /** Runs one command line to its end and returns the exit code. */
  static int run(Console console, String... args) {
    int code = commandLine(console).execute(args);
    console.out().flush();
    console.err().flush();
    return code;
  }

  private static CommandLine commandLine(Console console) {
    var millrace = new Millrace();
    return new CommandLine(millrace)
        .addSubcommand(new DemoCommand(console))
        .addSubcommand(new DevCommand(console))
        .addSubcommand(new ViewCommand(console))
        .addSubcommand(new DeadLettersCommand(console))
        .addSubcommand(new TailCommand(console))
        .addSubcommand(new BridgeCommand(console))
        .addSubcommand(schema(console))
        .addSubcommand(new BenchCommand(console))
        .addSubcommand(new GenerateCompletion())
        .setOut(console.out())
        .setErr(console.err())
        .setColorScheme(Help.defaultColorScheme(console.ansi()))
        .setExecutionExceptionHandler(new Failures(millrace::wantsStackTrace));
  }

  private static CommandLine schema(Console console) {
    return new CommandLine(new SchemaCommand(console)).addSubcommand(new RehearseCommand(console))
        .addSubcommand(new CanDeployCommand(console));
  }

  private boolean wantsStackTrace() {
    return stackTrace;
  }
}
