package dev.millrace.log.kinesis;

import dev.millrace.dev.DevKinesis;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a class where there is no local Kinesis, and says so in one line on the console, past the redirection to files. */
final class NeedsKinesis implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (context.getTestMethod().isPresent())
      return ConditionEvaluationResult.enabled("the class was not skipped");
    if (AwsService.isWanted())
      return ConditionEvaluationResult.enabled("it runs on Amazon's");
    var why = DevKinesis.unavailable();
    if (why.isEmpty())
      return ConditionEvaluationResult.enabled("a local Kinesis is there");
    var line = context.getDisplayName() + " is skipped: " + why.get();
    new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8).println(line);
    return ConditionEvaluationResult.disabled(line);
  }
}
