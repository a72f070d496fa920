package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.DevPostgres;
import dev.millrace.test.ForkedJvm;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The program in a process of its own. */
class MainTest {
  @Test
  void exits_with_1_and_a_line_for_each_fault_where_nothing_is_set() {
    try (var process = ForkedJvm.start(Main.class)) {
      assertThat(process.awaitExit()).as("%s", process).isEqualTo(1);
      assertThat(process.output().lines().toList()).hasSize(4)
          .allMatch(line -> line.startsWith("millrace: millrace."));
    }
  }

  @Test
  void serves_until_it_is_told_to_stop() {
    try (var backend = new Backend()) {
      var environment = Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", backend.bootstrapServers,
          "MILLRACE_REGISTRY_URL", backend.registry.uri().toString(), "MILLRACE_POSTGRES_URL",
          backend.viewsUrl(),
          "MILLRACE_POSTGRES_USER", DevPostgres.USER, "MILLRACE_HTTP_PORT", "0");
      var began = System.nanoTime();
      try (var process = ForkedJvm.of(Main.class).environment(environment).start();
          var http = new Http(URI.create(process.awaitLine("millrace is at ")))) {
        assertThat(http.get("/views").text()).isEqualTo("[]");
        System.out.println(
            "first answer after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + " ms");
        await().until(() -> http.get("/health/readiness").status() == 200);
        assertThat(http.get("/openapi.json").json().get("openapi").asText()).startsWith("3.");

        process.signal("TERM");
        assertThat(process.awaitExit()).as("%s", process).isEqualTo(128 + 15);
      }
    }
  }
}
