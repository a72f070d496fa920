package dev.millrace.runtime;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;

/**
 * The runtime as a program of its own: settings from the environment and application.yml, and what is hosted from the beans
 * on the class path. Exits with 1 and one line for each fault where it cannot start.
 */
@OpenAPIDefinition(info = @Info(title = "Millrace", version = "1", description = "Queries of read models, and the streams that they are made from."))
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    run(MillraceRuntime.builder());
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
