package dev.millrace.runtime;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import java.util.Map;

/**
 * The runtime as a program of its own: settings from the environment and application.yml, and what is hosted from the beans
 * on the class path. Exits with 1 and one line for each fault where it cannot start.
 */
@OpenAPIDefinition(info = @Info(title = "Millrace", version = "1", description = "Queries of read models, and the streams that they are made from."))
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    logging();
    run(MillraceRuntime.builder());
  }

  // what the Kafka clients say at every start would bury what Millrace says
  private static void logging() {
    Map.of("showDateTime", "true", "dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "defaultLogLevel",
        "info",
        "log.org.apache.kafka", "warn", "log.io.debezium", "warn", "log.io.micronaut", "warn",
        "log.com.zaxxer", "warn")
        .forEach((name, value) -> {
          var key = "org.slf4j.simpleLogger." + name;
          if (System.getProperty(key) == null)
            System.setProperty(key, value);
        });
  }

  /** Runs until the process is told to stop. For a program that has its own projections. */
  public static void run(MillraceRuntime.Builder builder) {
    try {
      var runtime = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(runtime::close, "millrace-stop"));
      System.err.println("millrace is at " + runtime.uri());
      runtime.await();
    } catch (StartException e) {
      e.faults().forEach(fault -> System.err.println("millrace: " + fault));
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
