package dev.millrace.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The program in a process of its own. */
class MainTest {
  @Test
  void exits_with_1_and_a_line_for_each_fault_where_nothing_is_set() throws Exception {
    var process = start(Map.of());

    try (var lines = lines(process)) {
      assertThat(lines.lines().toList()).hasSize(4).allMatch(line -> line.startsWith("millrace: millrace."));
    }
    assertThat(process.waitFor()).isEqualTo(1);
  }

  @Test
  void serves_until_it_is_told_to_stop() throws Exception {
    try (var backend = new Backend()) {
      var began = System.nanoTime();
      var process = start(Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", backend.kafka.bootstrapServers(),
          "MILLRACE_REGISTRY_URL", backend.registry.uri().toString(), "MILLRACE_POSTGRES_URL",
          backend.postgres.jdbcUrl(), "MILLRACE_POSTGRES_USER", "postgres", "MILLRACE_HTTP_PORT", "0"));
      try (var lines = lines(process)) {
        var line = lines.lines().filter(one -> one.startsWith("millrace is at ")).findFirst().orElseThrow();
        try (var http = new Http(URI.create(line.substring("millrace is at ".length())))) {
          assertThat(http.get("/views").text()).isEqualTo("[]");
          System.out.println(
              "first answer after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + " ms");
          assertThat(http.get("/health/readiness").status()).isEqualTo(200);
          assertThat(http.get("/openapi.json").json().get("openapi").asText()).startsWith("3.");
        }
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8));
  }

  private static Process start(Map<String, String> environment) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    var builder = new ProcessBuilder(java, "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
        classPath,
        Main.class.getName());
    builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
    builder.environment().putAll(environment);
    return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }
}
