package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The commands on Kinesis, as docs/kinesis.md has them. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
@Tag("acceptance")
class KinesisIT {
  private static final Path LAUNCHER = Launched.HOME.resolve("millrace");

  @TempDir
  Path scratch;

  @Test
  void the_shop_reconciles_on_kinesis_and_a_bridge_carries_its_orders_to_kafka_and_back() throws Exception {
    Launched kinesis = dev("kinesis", "--log", "kinesis");
    Launched kafka = dev("kafka");
    var demo = new Launched.Start(scratch).run(LAUNCHER, "demo", "--log", "kinesis", "--kinesis-endpoint",
        addresses(kinesis).getOrDefault("MILLRACE_KINESIS_ENDPOINT", ""), "--data-dir",
        scratch.resolve("shop"), "--http-port", "0",
        "--exit-when-caught-up", "-o", "json");

    assertThat(demo.exitCode()).as(demo.err()).isZero();
    assertThat(demo.err()).contains("order-details is left out", "millrace bridge run");
    var report = Json.read(demo.out());
    assertThat(report.path("totalRevenue").asText()).isEqualTo("1609909.600");
    assertThat(report.path("problems")).isEmpty();
    long orders = report.path("events").path("shop.sales.OrderPlaced").asLong()
        + report.path("events").path("shop.sales.OrderCancelled").asLong();

    var there = "kinesis:" + Files.readString(scratch.resolve("shop/stream-prefix")) + "sales.orders";
    var logs = with(kinesis, kafka);

    assertThat(carried(logs, there, "kafka:sales.orders")).isBetween(orders, orders + orders / 10);
    assertThat(carried(logs, there, "kafka:sales.orders")).as("gone on with, not begun again").isZero();
    assertThat(carried(logs, "kafka:sales.orders", "kinesis:orders.back")).isGreaterThanOrEqualTo(orders);

    kinesis.signal("INT");
    kafka.signal("INT");
    assertThat(kinesis.exitCode()).as(kinesis.err()).isEqualTo(128 + 2);
    assertThat(kafka.exitCode()).as(kafka.err()).isEqualTo(128 + 2);
  }

  @Test
  void what_does_not_fit_together_is_one_line() {
    var endpoint = new Launched.Start(scratch).run(LAUNCHER, "demo", "--kinesis-endpoint",
        "http://127.0.0.1:1");
    var place = new Launched.Start(scratch).run(LAUNCHER, "bridge", "run", "--from", "here", "--to",
        "kafka:there");
    var unset = new Launched.Start(scratch).run(LAUNCHER, "bridge", "run", "--from", "kafka:a", "--to",
        "kinesis:b");

    assertThat(endpoint.exitCode()).isEqualTo(2);
    assertThat(endpoint.err()).contains("--kinesis-endpoint goes with --log kinesis");
    assertThat(place.exitCode()).isEqualTo(2);
    assertThat(place.err()).contains("--from", "'here' is not kafka:STREAM, nor kinesis:STREAM");
    assertThat(unset.exitCode()).isEqualTo(1);
    assertThat(unset.err()).contains("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "MILLRACE_POSTGRES_URL")
        .doesNotContain("at dev.millrace");
  }

  private Launched dev(String folder, String... options) {
    Launched dev = new Launched.Start(scratch).start(java.util.stream.Stream
        .concat(
            java.util.stream.Stream.of(LAUNCHER, "dev", "--http-port", "0", "--data-dir",
                scratch.resolve(folder)),
            java.util.stream.Stream.of(options))
        .toArray());
    dev.await("ready", () -> dev.err().contains("ready in"));
    return dev;
  }

  private static long carried(Launched.Start logs, String from, String to) throws Exception {
    Launched bridge = logs.run(LAUNCHER, "bridge", "run", "--from", from, "--to", to, "--create", "2",
        "--exit-when-caught-up", "-o", "json");
    assertThat(bridge.exitCode()).as(bridge.err()).isZero();
    return Json.read(bridge.out()).path("carried").asLong();
  }

  private Launched.Start with(Launched... running) {
    var start = new Launched.Start(scratch);
    for (var dev : running) {
      for (var variable : addresses(dev).entrySet()) {
        if (!variable.getKey().equals("MILLRACE_URL"))
          start = start.with(variable.getKey(), variable.getValue());
      }
    }
    return start;
  }

  private static Map<String, String> addresses(Launched dev) {
    return dev.out().lines().map(line -> line.replaceFirst("^export ", "").split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }
}
