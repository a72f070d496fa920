package dev.millrace.log.kafka;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/** Skips a class where there is no Docker, and says so in one line on the console, past the redirection to files. */
final class NeedsDocker implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (context.getTestMethod().isPresent() || DockerClientFactory.instance().isDockerAvailable())
      return ConditionEvaluationResult.enabled("Docker is there");
    var line = context.getDisplayName()
        + " is skipped: it runs the conformance kit on Kafka's own image, and there is no Docker"
        + " here";
    new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8).println(line);
    return ConditionEvaluationResult.disabled(line);
  }
}
