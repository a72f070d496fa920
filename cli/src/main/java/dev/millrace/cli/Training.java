package dev.millrace.cli;

import dev.millrace.dev.DevRuntime;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Optional;

/** The runs the JVM's caches are made from: what a command does at its start, with the output thrown away. */
final class Training {
  private Training() {}

  /** The kind of cache that the launcher asks for, if it does. */
  static Optional<String> wanted() {
    return Optional.ofNullable(System.getProperty("millrace.training"));
  }

  static int run(String kind) {
    return switch (kind) {
      case "client" -> client();
      case "server" -> server();
      default -> 2;
    };
  }

  private static int client() {
    var nowhere = new PrintWriter(Writer.nullWriter());
    var console = new Console(nowhere, nowhere, false);
    int code = Millrace.run(console, "--help");
    // Port 9 answers nobody: the way to the network is learnt all the same.
    Millrace.run(console, "view", "list", "any", "--url", "http://127.0.0.1:9", "-o", "json");
    return code;
  }

  private static int server() {
    try (var servers = DevServers.start(DevRuntime.builder(), 0)) {
      var nowhere = new PrintWriter(Writer.nullWriter());
      return Millrace.run(new Console(nowhere, nowhere, false), "view", "status", "--url",
          servers.environment().getOrDefault("MILLRACE_URL", ""));
    }
  }
}
