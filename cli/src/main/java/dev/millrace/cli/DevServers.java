package dev.millrace.cli;

import dev.millrace.dev.DevRuntime;
import dev.millrace.runtime.MillraceRuntime;
import dev.millrace.runtime.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The embedded servers, and the runtime's HTTP API on them. Closed as one. */
final class DevServers implements AutoCloseable {
  private final DevRuntime servers;
  private final MillraceRuntime runtime;

  private DevServers(DevRuntime servers, MillraceRuntime runtime) {
    this.servers = servers;
    this.runtime = runtime;
  }

  /** Starts all, or nothing: what stands in the way is thrown as the servers and the runtime have it. */
  static DevServers start(DevRuntime.Builder builder, int httpPort) {
    var servers = builder.start();
    try {
      var settings = Settings.builder().environment(servers.environment()).http("127.0.0.1", httpPort)
          .stateDirectory(servers.dataDir().resolve("streams")).build();
      return new DevServers(servers, MillraceRuntime.builder().settings(settings).start());
    } catch (RuntimeException e) {
      servers.close();
      throw e;
    }
  }

  /** The addresses, as the environment variables that a service of Millrace reads. */
  Map<String, String> environment() {
    var environment = new LinkedHashMap<>(servers.environment());
    environment.put("MILLRACE_URL", runtime.uri().toString());
    return environment;
  }

  String folder() {
    return servers.dataDir().toString();
  }

  /** The first fault that a server met since it started. */
  Optional<Throwable> failure() {
    return servers.failure();
  }

  @Override
  public void close() {
    try (servers) {
      runtime.close();
    }
  }
}
