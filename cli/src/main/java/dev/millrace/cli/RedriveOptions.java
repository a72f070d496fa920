package dev.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which parked records to take through a view's code, and how. */
final class RedriveOptions {
  @Spec(Target.MIXEE)
  private final CommandSpec command;

  @Mixin
  private final ParkedChoice choice = new ParkedChoice();

  @Option(names = "--all", description = "all that are parked")
  private boolean all;

  @Option(names = "--dry-run", description = "tell what would come of it and change nothing")
  private boolean dryRun;

  @Option(names = "--rate", paramLabel = "N", converter = Count.class, description = "at most N events a second")
  private @Nullable Integer rate;

  RedriveOptions() {
    this.command = CommandSpec.create(); // the command line puts its own here
  }

  boolean isDryRun() {
    return dryRun;
  }

  /** @throws ParameterException where it is not said which */
  ObjectNode body() {
    if (choice.isSome() == all) {
      throw new ParameterException(command.commandLine(),
          "say which records: --key KEY, --fingerprint F or both, or else --all");
    }
    ObjectNode body = choice.body().put("all", all).put("dryRun", dryRun);
    if (rate != null)
      body.put("rate", rate);
    return body;
  }

  @Override
  public String toString() {
    return choice.toString();
  }
}
