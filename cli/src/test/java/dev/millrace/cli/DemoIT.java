package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.schema.Envelope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, as a newcomer gives it. */
@Tag("acceptance")
class DemoIT {
  private static final Path LAUNCHER = Launched.HOME.resolve("millrace");

  @TempDir
  Path scratch;

  @Test
  void the_shop_reconciles_answers_queries_and_stops_on_ctrl_c() throws Exception {
    Path report = scratch.resolve("report.json");
    Launched demo = new Launched.Start(scratch).start(LAUNCHER, "demo", "--http-port", "0", "--report",
        report);
    demo.await("serving", () -> demo.err().contains("serving at"));
    String url = demo.err().lines().filter(line -> line.contains("the HTTP API is at")).findFirst()
        .orElseThrow()
        .replaceFirst(".* at ", "");

    assertThat(millrace(url, "view", "list", "country-revenue", "-o", "json").out().lines())
        .anyMatch(line -> line.contains("\"country\":\"Germany\""));
    assertThat(millrace(url, "view", "get", "country-revenue", "United Kingdom").out())
        .contains("United Kingdom");
    assertThat(millrace(url, "tail", "sales.orders", "--limit", "3", "-o", "json").out().lines()).hasSize(3)
        .allMatch(line -> line.contains("shop.sales."));

    demo.signal("INT");

    assertThat(demo.exitCode()).as(demo.err()).isEqualTo(128 + 2);
    assertThat(demo.out()).contains("total revenue", "1,609,909.600").doesNotContain("does not reconcile");
    assertThat(demo.err()).contains("rows/s").doesNotContain("xception");
    var json = Json.read(Files.readString(report));
    assertThat(json.path("totalRevenue").asText()).isEqualTo("1609909.600");
    assertThat(json.path("rowsRead").asLong()).isEqualTo(20_903);
    assertThat(json.path("views")).hasSize(5).allMatch(view -> view.path("lag").asLong() == 0);
    assertThat(json.path("problems")).isEmpty();
  }

  @Test
  void what_cannot_be_run_is_said_in_one_line_before_anything_starts() {
    Launched missing = new Launched.Start(scratch).run(LAUNCHER, "demo", "--input", "no-such.csv");
    Launched rate = new Launched.Start(scratch).run(LAUNCHER, "demo", "--rate", "0");

    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err().lines()).filteredOn(line -> !line.contains("starting")).singleElement()
        .asString()
        .contains("no-such.csv", "--input");
    assertThat(rate.exitCode()).isEqualTo(2);
    assertThat(rate.err()).contains("--rate").contains("'0'");
    assertThat(missing.out() + rate.out()).isEmpty();
  }

  @Test
  void a_shop_that_does_not_reconcile_says_what_does_not_and_fails() throws Exception {
    Path data = scratch.resolve("data");
    Launched dev = new Launched.Start(scratch).start(LAUNCHER, "dev", "--data-dir", data, "--http-port", "0");
    dev.await("ready", () -> dev.err().contains("ready in"));
    String kafka = dev.out().lines().filter(line -> line.contains("KAFKA_BOOTSTRAP_SERVERS=")).findFirst()
        .orElseThrow().replaceFirst(".*=", "");
    try (var log = KafkaLog.at(KafkaLogConfig.of(kafka)); var writer = log.writer()) {
      var ledger = StreamName.of("ledger.entries");
      log.create(ledger, 4);
      var envelope = Envelope.of("garbage", "/tests", "test.Garbage", Instant.EPOCH, "g");
      writer.append(new LogEntry(ledger, "g", envelope, new byte[]{9, 9, 9})).join();
    }
    dev.signal("INT");
    assertThat(dev.exitCode()).as(dev.err()).isEqualTo(128 + 2);
    Path input = Files.writeString(scratch.resolve("one.csv"), """
        InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
        1,20000,LAMP,6,2010-12-01T08:26:00,2.55,17850,Japan
        """);

    Launched demo = new Launched.Start(scratch).run(LAUNCHER, "demo", "--http-port", "0", "--data-dir", data,
        "--input", input, "--exit-when-caught-up", "-o", "json");

    assertThat(demo.exitCode()).as(demo.err()).isEqualTo(1);
    var report = Json.read(demo.out());
    assertThat(report.path("totalRevenue").asText()).isEqualTo("15.300");
    assertThat(report.path("problems")).anyMatch(
        problem -> problem.asText().equals("country-revenue has parked 1 records"));
  }

  private Launched millrace(String url, String... arguments) {
    var command = new Object[arguments.length + 3];
    command[0] = LAUNCHER;
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    command[arguments.length + 1] = "--url";
    command[arguments.length + 2] = url;
    Launched run = new Launched.Start(scratch).run(command);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }
}
