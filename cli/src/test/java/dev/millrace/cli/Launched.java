package dev.millrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A process that was started through the shell, its output in files. */
record Launched(Process process, Path outFile, Path errFile) {
  /** The checkout whose launcher is tested. */
  static final Path HOME = Path.of(System.getProperty("millrace.home", "..")).toAbsolutePath().normalize();
  private static final long PATIENCE_SECONDS = 120;

  /** How to start it; the environment is this process's own, without what would steer the launcher. */
  static final class Start {
    private final Path folder;
    private final Map<String, String> set = new HashMap<>(
        Map.of("MILLRACE_AOT", "off", "MILLRACE_BUILD", "off"));
    private boolean emptyEnvironment;
    private Path in;

    Start(Path scratch) {
      this.folder = scratch;
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
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        var builder = new ProcessBuilder(Stream.of(command).map(Object::toString).toList())
            .directory(in.toFile())
            .redirectOutput(out.toFile()).redirectError(err.toFile());
        if (emptyEnvironment)
          builder.environment().clear();
        List.of("MILLRACE_OPTS", "MILLRACE_URL", "JAVA_TOOL_OPTIONS").forEach(builder.environment()::remove);
        builder.environment().putAll(set);
        var process = builder.start();
        process.getOutputStream().close();
        return new Launched(process, out, err);
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
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still runs after " + PATIENCE_SECONDS + " s: " + out() + err());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Waits until something is so, as long as the process is there to make it so. */
  void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .failFast("the process has ended", () -> {
          if (!process.isAlive() && !condition.call())
            throw new AssertionError("the process has ended: " + out() + err());
        })
        .until(condition);
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
