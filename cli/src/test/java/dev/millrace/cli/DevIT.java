package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace dev} as a user has it: started by the launcher, asked by other processes, stopped by signals. */
@Tag("acceptance")
class DevIT {
  private static final Path LAUNCHER = Launched.HOME.resolve("millrace");

  @TempDir
  Path scratch;

  @Test
  void it_prints_addresses_refuses_a_second_stops_on_signals_and_is_the_same_again() {
    Launched dev = dev("--http-port", "0");
    dev.await("ready", () -> dev.err().contains("ready in"));
    Map<String, String> first = addresses(dev);
    Launched second = dev("--http-port", "0");
    Launched asked = new Launched.Start(scratch).with("MILLRACE_URL", first.getOrDefault("MILLRACE_URL", ""))
        .run(LAUNCHER, "view", "status");
    second.exitCode();
    dev.signal("INT");

    assertThat(first).containsOnlyKeys("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "MILLRACE_REGISTRY_URL",
        "MILLRACE_POSTGRES_URL", "MILLRACE_POSTGRES_USER", "MILLRACE_URL");
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.out()).isEmpty();
    assertThat(faults(second)).singleElement().asString().contains("process " + dev.process().pid(),
        "--data-dir");
    assertThat(asked.exitCode()).as(asked.err()).isZero();
    assertThat(dev.exitCode()).as(dev.err()).isEqualTo(128 + 2);
    assertThat(faults(dev)).as("nothing but what it said").noneMatch(line -> line.contains("xception"));

    Launched again = dev("--http-port", "0", "-o", "json");
    again.await("ready", () -> again.err().contains("ready in"));
    again.signal("TERM");

    assertThat(again.exitCode()).as(again.err()).isEqualTo(128 + 15);
    assertThat(again.out().lines()).singleElement().asString()
        .contains(
            "\"MILLRACE_KAFKA_BOOTSTRAP_SERVERS\":\"" + first.get("MILLRACE_KAFKA_BOOTSTRAP_SERVERS") + "\"");
  }

  @Test
  void a_port_that_is_taken_is_one_line_and_nothing_is_left_running() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Launched kafka = dev("--kafka-port", Integer.toString(taken.getLocalPort()), "--http-port", "0");

      assertThat(kafka.exitCode()).isEqualTo(1);
      assertThat(kafka.out()).isEmpty();
      assertThat(faults(kafka)).singleElement().asString().contains(Integer.toString(taken.getLocalPort()));

      Launched http = dev("--http-port", Integer.toString(taken.getLocalPort()));

      assertThat(http.exitCode()).isEqualTo(1);
      assertThat(faults(http)).singleElement().asString().contains(Integer.toString(taken.getLocalPort()));
    }
    assertThat(scratch.resolve("data/postgres/postmaster.pid")).doesNotExist();
  }

  @Test
  void a_folder_of_another_version_is_one_line() throws IOException {
    Path data = Files.createDirectories(scratch.resolve("data/postgres"));
    Files.writeString(data.resolve("PG_VERSION"), "9.6\n");

    Launched run = dev("--http-port", "0");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(faults(run)).singleElement().asString().contains(scratch.resolve("data").toString());
  }

  private Launched dev(String... options) {
    return new Launched.Start(scratch).start(java.util.stream.Stream
        .concat(java.util.stream.Stream.of(LAUNCHER, "dev", "--data-dir", scratch.resolve("data")),
            java.util.stream.Stream.of(options))
        .toArray());
  }

  /** What it said apart from how far it is. */
  private static List<String> faults(Launched run) {
    return run.err().lines().filter(line -> !line.startsWith("millrace: starting ")
        && !line.startsWith("millrace: ready in ") && !line.equals("millrace: stopping")).toList();
  }

  private static Map<String, String> addresses(Launched dev) {
    return dev.out().lines().map(line -> line.replaceFirst("^export ", "").split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }
}
