package dev.millrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** A process that was started through the shell, its output in files. */
record Launched(Process process, Path outFile, Path errFile) {
  /** The checkout whose launcher is tested. */
  static final Path HOME = Path.of(System.getProperty("millrace.home", "..")).toAbsolutePath().normalize();
  private static final Duration LONGEST_RUN = Duration.ofMinutes(8);
  private static final Collection<Launched> STARTED = new ConcurrentLinkedQueue<>();
  static {
    // Ends what a failed test has left running.
    Runtime.getRuntime().addShutdownHook(
        new Thread(() -> STARTED.forEach(launched -> launched.process.destroy()), "launched-stop"));
  }
  private static final Path LOGS = Path.of("target", "forked-jvms").toAbsolutePath();

  /** How to start it; the environment is this process's own, without what would steer the launcher. */
  static final class Start {
    private final Map<String, String> set = new HashMap<>(
        Map.of("MILLRACE_AOT", "off", "MILLRACE_BUILD", "off"));
    private boolean emptyEnvironment;
    private Path in;

    Start(Path scratch) {
      this.in = scratch;
    }

    Start with(String name, String value) {
      set.put(name, value);
      return this;
    }

    Start in(Path workingFolder) {
      in = workingFolder;
      return this;
    }

    Start withNothingElseInTheEnvironment() {
      emptyEnvironment = true;
      return this;
    }

    Launched run(Object... command) {
      Launched launched = start(command);
      launched.exitCode();
      return launched;
    }

    Launched start(Object... command) {
      try {
        Files.createDirectories(LOGS);
        Path out = Files.createTempFile(LOGS, "launched-", ".out");
        Path err = Path.of(out.toString().replaceFirst("\\.out$", ".err"));
        var builder = new ProcessBuilder(Stream.of(command).map(Object::toString).toList())
            .directory(in.toFile())
            .redirectOutput(out.toFile()).redirectError(err.toFile());
        if (emptyEnvironment)
          builder.environment().clear();
        List.of("MILLRACE_OPTS", "MILLRACE_URL", "JAVA_TOOL_OPTIONS").forEach(builder.environment()::remove);
        builder.environment().putAll(set);
        var process = builder.start();
        process.getOutputStream().close();
        var launched = new Launched(process, out, err);
        STARTED.add(launched);
        return launched;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  String out() {
    return text(outFile);
  }

  String err() {
    return text(errFile);
  }

  int exitCode() {
    try {
      if (!process.waitFor(LONGEST_RUN)) {
        kill();
        throw new AssertionError("still runs after " + LONGEST_RUN + "; " + this);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted; " + this, e);
    }
  }

  /** Waits until a condition holds. Fails when the process ends before that. */
  void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await(what).failFast("the process has ended", () -> {
        if (!process.isAlive() && !condition.call())
          throw new AssertionError("the process has ended");
      }).until(condition);
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      throw new AssertionError("while waiting for " + what + ": " + e.getMessage() + "; " + this, e);
    }
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** The process with its output, for the message of a failure. */
  @Override
  public String toString() {
    return "process " + process.pid() + " with its output in " + outFile + " and " + errFile + ":\n" + out()
        + err();
  }

  /** Sends a signal as the terminal or a supervisor would. */
  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
