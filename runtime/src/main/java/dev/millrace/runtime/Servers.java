package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import dev.millrace.schema.SchemaRegistry;
import jakarta.inject.Singleton;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the servers behind the runtime whether they are there: all at once, each for a bounded time. */
@Singleton
final class Servers {
  private final Settings settings;
  private final EventLog log;
  private final SchemaRegistry registry;

  Servers(Settings settings, EventLog log, SchemaRegistry registry) {
    this.settings = settings;
    this.log = log;
    this.registry = registry;
  }

  /** How a server answered: with nothing wrong, or with a line that says what is, and what to do. */
  record Answer(String server, String address, Optional<String> fault) {}

  List<Answer> ask(Duration atMost) {
    var asked = List.of(
        new Question("log", settings.log().address(), logKey(), "asked it for its streams",
            () -> log.streams().size()),
        new Question("registry", settings.registry().toString(), SettingsReader.REGISTRY,
            "asked the registry for its subjects", () -> registry.subjects().size()),
        new Question("database", settings.postgresAddress(), SettingsReader.POSTGRES_URL,
            "signed in to PostgreSQL as " + settings.postgresUser(), () -> signIn(atMost)));
    var executor = Executors.newVirtualThreadPerTaskExecutor();
    try {
      long deadline = System.nanoTime() + atMost.toNanos();
      var futures = asked.stream().map(question -> executor.submit(question.call())).toList();
      var answers = new ArrayList<Answer>();
      for (int i = 0; i < asked.size(); i++) {
        answers.add(asked.get(i).answer(futures.get(i), deadline, atMost));
      }
      return answers;
    } finally {
      // not close(): it would wait for those that hang
      executor.shutdownNow();
    }
  }

  private String logKey() {
    return switch (settings.log()) {
      case LogSettings.Kafka _ -> SettingsReader.KAFKA;
      case LogSettings.Kinesis _ -> SettingsReader.KINESIS_ENDPOINT;
    };
  }

  /** @throws StartException UNREACHABLE with a line for each server that does not answer */
  void require(Duration atMost) {
    var faults = ask(atMost).stream().flatMap(answer -> answer.fault().stream()).toList();
    if (!faults.isEmpty())
      throw new StartException(StartException.Code.UNREACHABLE, faults);
  }

  private int signIn(Duration atMost) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", settings.postgresUser());
    properties.setProperty("password", settings.postgresPassword());
    var seconds = Long.toString(Math.max(1, atMost.toSeconds()));
    properties.setProperty("loginTimeout", seconds);
    properties.setProperty("socketTimeout", seconds);
    try (var connection = DriverManager.getConnection(settings.postgresUrl(), properties);
        var statement = connection.createStatement();
        var result = statement.executeQuery("select 1")) {
      return result.next() ? 1 : 0;
    }
  }

  private record Question(String server, String address, String key, String tried, Callable<Integer> call) {
    Answer answer(Future<Integer> future, long deadline, Duration atMost) {
      try {
        var _ = future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        return new Answer(server, address, Optional.empty());
      } catch (ExecutionException e) {
        return fault(firstLine(Objects.requireNonNullElse(e.getCause(), e)));
      } catch (TimeoutException e) {
        return fault("no answer within " + atMost.toMillis() + " ms");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return fault("interrupted");
      }
    }

    private Answer fault(String what) {
      return new Answer(server, address, Optional.of(server + " not reachable at " + address + ": " + tried
          + ": " + what + "; start it, or set " + key + " (" + Settings.variable(key) + ")"));
    }

    private static String firstLine(Throwable failure) {
      return String.valueOf(failure.getMessage()).lines().findFirst().orElse(failure.toString());
    }
  }
}
