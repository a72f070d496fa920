package dev.millrace.cli;

import java.io.Console;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Whether somebody wants what cannot be taken back: said beforehand, or asked where there is somebody to ask. */
final class Confirmation {
  @Spec(Target.MIXEE)
  private final CommandSpec command;

  private boolean yes;

  Confirmation() {
    this.command = CommandSpec.create(); // the command line puts its own here
  }

  @Option(names = {"-y", "--yes"}, description = "do not ask; for scripts")
  void yes(boolean said) {
    this.yes = said;
  }

  /**
   * Asks.
   *
   * @param question what would be done, as a question
   * @return false where the answer is not yes
   * @throws ParameterException where there is nobody to ask
   */
  boolean isGiven(String question) {
    if (yes)
      return true;
    Console terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal)
        .orElseThrow(() -> new ParameterException(command.commandLine(),
            question + " Say so with --yes: there is nobody to ask here"));
    String answer = terminal.readLine("%s [y/N] ", question);
    return answer != null && (answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes"));
  }
}
