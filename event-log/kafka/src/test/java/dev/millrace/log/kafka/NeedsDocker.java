package dev.millrace.log.kafka;

import dev.millrace.test.Console;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/** Skips a class if there is no Docker, and prints a line to the console that says so. */
final class NeedsDocker implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (context.getTestMethod().isPresent() || DockerClientFactory.instance().isDockerAvailable())
      return ConditionEvaluationResult.enabled("Docker is there");
    var line = context.getDisplayName()
        + " is skipped: it runs the conformance kit on Kafka's own image, which needs Docker";
    Console.println(line);
    return ConditionEvaluationResult.disabled(line);
  }
}
