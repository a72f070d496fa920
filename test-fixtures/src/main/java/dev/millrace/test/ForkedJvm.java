package dev.millrace.test;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;
import org.awaitility.core.ThrowingRunnable;

/**
 * A class of the tests that runs in a JVM of its own, so that a test can kill it. The class path is that of the test.
 *
 * <p>Everything that the process prints and logs goes to a file in {@code target/forked-jvms}, which is kept; failures
 * name the file and quote its end. A waiting test fails as soon as the process ends. The process calls {@link
 * #endWithParent}, or ends by itself when its standard input does: that is when the JVM of the test is gone.
 *
 * <p>Not safe for use by several threads, except for {@link #kill} and {@link #close}.
 */
public final class ForkedJvm implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Duration LONGEST_END = Duration.ofMinutes(1);
  private static final Duration LONGEST_RUN = Duration.ofMinutes(8);
  private static final int QUOTED_LINES = 40;

  private final Process process;
  private final Path log;
  private int linesRead;

  private ForkedJvm(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts the {@code main} method of a class. */
  public static ForkedJvm start(Class<?> main, String... arguments) {
    return of(main).start(arguments);
  }

  public static Builder of(Class<?> main) {
    return new Builder(main);
  }

  /** Ends this process, without its shutdown hooks, when the JVM that started it is gone. For the started class to call. */
  public static void endWithParent() {
    Thread.ofPlatform().daemon().name("end-with-parent").start(() -> {
      try {
        System.in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        System.err.println("the standard input failed: " + e);
      } finally {
        Runtime.getRuntime().halt(1);
      }
    });
  }

  public Process process() {
    return process;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns all that the process has printed and logged so far. */
  public String output() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a condition holds. Throws an {@link AssertionError} when the process ends before that. */
  public void await(String what, Callable<Boolean> condition) {
    awaitAsserted(what, () -> {
      if (!condition.call())
        throw new AssertionError("not yet");
    });
  }

  /** Waits until assertions hold. Throws an {@link AssertionError} when the process ends before that. */
  public void awaitAsserted(String what, ThrowingRunnable assertions) {
    try {
      Awaitility.await(what).failFast("the process ended", () -> !isAlive() && !holds(assertions))
          .untilAsserted(assertions);
    } catch (ConditionTimeoutException | TerminalFailureException e) {
      throw new AssertionError("while waiting for " + what + ": " + e.getMessage() + "\n" + this, e);
    }
  }

  /** Looks again after the process has ended: what it did last counts. */
  private static boolean holds(ThrowingRunnable assertions) {
    try {
      assertions.run();
      return true;
    } catch (AssertionError e) {
      return false;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits for the next line that starts with a text, and returns what follows it, without white space around it. The
   * next call looks at the lines after that one.
   */
  public String awaitLine(String start) {
    await("a line that starts with '" + start + "'", () -> find(start) >= 0);
    int found = find(start);
    linesRead = found + 1;
    return completeLines().get(found).substring(start.length()).strip();
  }

  private int find(String start) {
    var lines = completeLines();
    for (int i = linesRead; i < lines.size(); i++) {
      if (lines.get(i).startsWith(start))
        return i;
    }
    return -1;
  }

  /** Without a last line that is still being written. */
  private List<String> completeLines() {
    var output = output();
    return output.substring(0, output.lastIndexOf('\n') + 1).lines().toList();
  }

  /** Waits until the process ends by itself, and returns its exit code. Throws an {@link AssertionError} when it does not. */
  public int awaitExit() {
    try {
      if (!process.waitFor(LONGEST_RUN))
        throw new AssertionError("process " + process.pid() + " does not end\n" + this);
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end of process " + process.pid(), e);
    }
  }

  /** Kills the process, as {@code kill -9} does, and returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(LONGEST_END.toSeconds(), TimeUnit.SECONDS))
        throw new AssertionError("process " + process.pid() + " was killed and is still there\n" + this);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while killing process " + process.pid(), e);
    }
  }

  /** Sends a signal, such as {@code STOP}. */
  public void signal(String name) {
    try {
      int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      if (exit != 0)
        throw new AssertionError(
            "kill -" + name + " of process " + process.pid() + " ended with exit code " + exit);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while sending a signal to process " + process.pid(), e);
    }
  }

  /** Kills the process if it is still there. */
  @Override
  public void close() {
    kill();
  }

  /** The process, its log file and the end of the log, for the message of a failure. */
  @Override
  public String toString() {
    var lines = output().lines().toList();
    var state = process.isAlive() ? "is running" : "has ended with exit code " + process.exitValue();
    return "process " + process.pid() + " " + state + "; the end of its log " + log + ":\n"
        + String.join("\n", lines.subList(Math.max(0, lines.size() - QUOTED_LINES), lines.size()));
  }

  /** The options of a process. */
  public static final class Builder {
    private final Class<?> main;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String heap = "256m";

    private Builder(Class<?> main) {
      this.main = main;
    }

    /** Sets the largest heap, as {@code -Xmx} takes it. The default is {@code 256m}. */
    public Builder heap(String heap) {
      this.heap = heap;
      return this;
    }

    /** Sets a system property of the process. */
    public Builder property(String name, String value) {
      properties.put(name, value);
      return this;
    }

    /**
     * Sets environment variables of the process. It inherits those of the test, except for the settings of Millrace, whose
     * names start with {@code MILLRACE_}.
     */
    public Builder environment(Map<String, String> variables) {
      environment.putAll(variables);
      return this;
    }

    public ForkedJvm start(String... arguments) {
      var command = new ArrayList<>(List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1", "-Xmx" + heap));
      properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
      command.addAll(List.of("-cp",
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
          main.getName()));
      command.addAll(List.of(arguments));
      try {
        var folder = Files.createDirectories(Path.of("target", "forked-jvms").toAbsolutePath());
        var log = folder.resolve(main.getSimpleName() + "-" + ProcessHandle.current().pid() + "-"
            + NUMBER.incrementAndGet() + ".log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        builder.environment().putAll(environment);
        return new ForkedJvm(builder.start(), log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
