package dev.millrace.example.retail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.test.ForkedJvm;
import dev.millrace.test.Randomized;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shop is killed again and again, at moments that the seed chooses, and started again with the same command. */
@Tag("acceptance")
class ShopKillTest {
  /** On Kafka; half as many on the slower Kinesis. */
  private static final int ROUNDS = Randomized.rounds(2, 5);
  private static final int LONGEST_WORK_MILLIS = 2_000;
  /** So that the input outlasts the rounds, also on a machine that draws its screen every few seconds only. */
  private static final int KILLED_ROWS_PER_SECOND = Math.max(20, 700 / ROUNDS);
  private static final int LAST_ROWS_PER_SECOND = 3_000;
  private static final Pattern ROWS = Pattern.compile(" ([0-9,]+) rows,");

  @TempDir
  Path folder;

  @ParameterizedTest
  @MethodSource("dev.millrace.example.retail.Logs#all")
  void totals_are_exact_however_often_the_process_is_killed(DemoOptions.Log log) throws Exception {
    var random = Randomized.random();
    int rounds = log instanceof DemoOptions.Log.Kafka ? ROUNDS : Math.ceilDiv(ROUNDS, 2);
    for (int round = 1; round <= rounds; round++) {
      try (var process = start(log, KILLED_ROWS_PER_SECOND)) {
        // One in five is killed while it starts, the others while they work.
        boolean early = random.nextInt(5) == 0;
        if (!early)
          awaitWork(process, round);
        boolean ended = process.process().waitFor(random.nextInt(LONGEST_WORK_MILLIS), TimeUnit.MILLISECONDS);
        assertThat(ended).as("round %d, ended by itself; %s; %s", round, Randomized.repeat(), process)
            .isFalse();
        process.kill();
      }
    }

    try (var last = start(log, LAST_ROWS_PER_SECOND)) {
      assertThat(last.awaitExit()).as("the last; %s; %s", Randomized.repeat(), last).isZero();
    }
    assertExact(log instanceof DemoOptions.Log.Kafka,
        new ObjectMapper().readTree(folder.resolve("report.json").toFile()));
  }

  /** Against a reading of the input that no crash has touched. */
  private static void assertExact(boolean enriched, JsonNode report) throws IOException {
    var tally = new Tally(enriched);
    try (var invoices = new InvoiceReader(Input.of(Optional.empty()).open(), row -> tally.rejected())) {
      for (var invoice = invoices.next(); invoice != null; invoice = invoices.next()) {
        tally.count(invoice);
      }
    }
    var read = tally.read();
    assertThat(new BigDecimal(report.get("totalRevenue").asText()).compareTo(read.revenue()))
        .as("%s: %s", Randomized.repeat(), report).isZero();
    assertThat(report.get("events").get("shop.sales.OrderPlaced").asLong()).isEqualTo(read.orders());
    if (enriched)
      assertThat(report.get("events").get("shop.sales.OrderEnriched").asLong()).isEqualTo(read.orders());
    assertThat(report.get("problems")).as(Randomized.repeat()).isEmpty();
  }

  private ForkedJvm start(DemoOptions.Log log, int rowsPerSecond) {
    return ForkedJvm.of(ShopProcess.class).heap("1g").start(folder.resolve("data").toString(),
        folder.resolve("report.json").toString(), String.valueOf(rowsPerSecond), log.name());
  }

  /** Until its screen has shown three counts of rows: the first may be what the processes before it had published. */
  private static void awaitWork(ForkedJvm process, int round) {
    process.await("work in round " + round + ", " + Randomized.repeat(),
        () -> rowsShown(process).size() >= 3);
  }

  private static Set<String> rowsShown(ForkedJvm process) {
    return ROWS.matcher(process.output()).results().map(result -> result.group(1))
        .filter(rows -> !rows.equals("0")).collect(Collectors.toSet());
  }
}
