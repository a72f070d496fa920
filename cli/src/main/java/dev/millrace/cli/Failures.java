package dev.millrace.cli;

import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns a failure into one line on standard error; the stack trace is for those who ask for it. */
final class Failures implements IExecutionExceptionHandler {
  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    command.getErr().println("millrace: " + message.replaceAll("\\s*\\R\\s*", "; "));
    return ExitCode.SOFTWARE;
  }
}
