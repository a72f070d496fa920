package dev.millrace.example.retail;

import dev.millrace.dev.DevKinesis;
import java.util.Optional;
import java.util.stream.Stream;

/** The logs that the shop is tested on. */
final class Logs {
  private Logs() {}

  /** All that this machine has; where one is missing, one line says why. */
  static Stream<DemoOptions.Log> all() {
    var missing = DevKinesis.unavailable();
    missing.ifPresent(why -> System.out.println("The shop on Kinesis is skipped: " + why));
    var kafka = new DemoOptions.Log.Kafka();
    return missing.isPresent() ? Stream.of(kafka) : Stream.of(kafka, kinesis());
  }

  static DemoOptions.Log kinesis() {
    return new DemoOptions.Log.Kinesis(Optional.empty(), false);
  }
}
