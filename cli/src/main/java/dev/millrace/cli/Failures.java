package dev.millrace.cli;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns a failure into a line on standard error; the stack trace is for those who ask for it. */
final class Failures implements IExecutionExceptionHandler {
  private final BooleanSupplier withStackTrace;

  Failures(BooleanSupplier withStackTrace) {
    this.withStackTrace = withStackTrace;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    // several lines are several faults, reported at once
    message.lines().filter(line -> !line.isBlank()).forEach(line -> err.println("millrace: " + line.strip()));
    if (withStackTrace.getAsBoolean())
      failure.printStackTrace(err);
    return ExitCode.SOFTWARE;
  }
}
