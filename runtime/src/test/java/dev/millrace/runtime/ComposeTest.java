package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The description of the system in containers: held against the client where there is one, and against its rules anywhere. */
class ComposeTest {
  private static final Path FILE = Path.of("..", "docker-compose.yml");

  private record Outcome(int exit, String output) {}

  @Test
  void the_client_accepts_the_file() throws Exception {
    for (var client : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
      if (run(client, "version").exit() == 0) {
        var outcome = run(client, "-f", FILE.toString(), "config", "-q");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        return;
      }
    }
    System.err.println(
        "not checked: docker-compose.yml, as there is neither 'docker compose' nor 'docker-compose' here");
    abort("no compose client");
  }

  @Test
  void no_port_is_open_to_others_and_no_secret_stands_in_the_file() throws IOException {
    var text = Files.readString(FILE);

    assertThat(text.lines().filter(line -> line.contains("ports:")).toList()).hasSize(7)
        .allMatch(line -> line.contains("\"127.0.0.1:"));
    assertThat(text).doesNotContainPattern("(?i)password: *[^$\\s]");
    assertThat(text.lines().filter(line -> line.strip().startsWith("image:")).toList())
        .allMatch(line -> line.contains("millrace-runtime") || line.matches(".*:[0-9][^:]*$"));
  }

  private static Outcome run(List<String> client, String... arguments) throws Exception {
    var command = new ArrayList<>(client);
    command.addAll(List.of(arguments));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes(),
          java.nio.charset.StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      return new Outcome(-1, e.toString());
    }
  }
}
