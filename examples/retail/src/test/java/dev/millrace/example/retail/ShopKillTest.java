package dev.millrace.example.retail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shop is killed again and again, at moments that the seed chooses, and started again with the same command. */
class ShopKillTest {
  /** On Kafka; half as many on the slower Kinesis. */
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 5);
  private static final long SEED = Long.getLong("kill.seed", System.nanoTime());
  private static final int LONGEST_WORK_MILLIS = 2_000;
  /** So that the input outlasts the rounds, also on a machine that draws its screen every few seconds only. */
  private static final int KILLED_ROWS_PER_SECOND = Math.max(20, 700 / ROUNDS);
  private static final int LAST_ROWS_PER_SECOND = 3_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Pattern ROWS = Pattern.compile(" ([0-9,]+) rows,");

  @TempDir
  Path folder;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leaveNothingRunning() throws InterruptedException {
    for (var process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.millrace.example.retail.Logs#all")
  void totals_are_exact_however_often_the_process_is_killed(DemoOptions.Log log) throws Exception {
    var random = new Random(SEED);
    int rounds = log instanceof DemoOptions.Log.Kafka ? ROUNDS : Math.ceilDiv(ROUNDS, 2);
    for (int round = 1; round <= rounds; round++) {
      var process = start(log, "killed-" + round, KILLED_ROWS_PER_SECOND);
      // One in five is killed while it starts, the others while they work.
      boolean early = random.nextInt(5) == 0;
      if (!early)
        awaitWork(process, "killed-" + round);
      boolean ended = process.waitFor(random.nextInt(LONGEST_WORK_MILLIS), TimeUnit.MILLISECONDS);
      assertThat(ended).as("seed %d, round %d: ended by itself: %s", SEED, round, log("killed-" + round))
          .isFalse();
      process.destroyForcibly().waitFor();
    }

    var last = start(log, "last", LAST_ROWS_PER_SECOND);
    boolean ended = last.waitFor(3, TimeUnit.MINUTES);

    assertThat(ended && last.exitValue() == 0).as("seed %d: %s", SEED, log("last")).isTrue();
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
        .as("seed %d: %s", SEED, report).isZero();
    assertThat(report.get("events").get("shop.sales.OrderPlaced").asLong()).isEqualTo(read.orders());
    if (enriched)
      assertThat(report.get("events").get("shop.sales.OrderEnriched").asLong()).isEqualTo(read.orders());
    assertThat(report.get("problems")).as("seed %d", SEED).isEmpty();
  }

  private Process start(DemoOptions.Log log, String name, int rowsPerSecond) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = List.of(java, "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
        ShopProcess.class.getName(), folder.resolve("data").toString(),
        folder.resolve("report.json").toString(),
        String.valueOf(rowsPerSecond), log.name());
    var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(logFile(name)).start();
    started.add(process);
    return process;
  }

  /** Until its screen has shown three counts of rows: the first may be what the processes before it had published. */
  private void awaitWork(Process process, String name) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (rowsShown(name).size() < 3) {
      boolean ended = process.waitFor(20, TimeUnit.MILLISECONDS);
      assertThat(ended).as("seed %d: ended by itself: %s", SEED, log(name)).isFalse();
      assertThat(System.nanoTime()).as("seed %d: no work: %s", SEED, log(name)).isLessThan(deadline);
    }
  }

  private Set<String> rowsShown(String name) throws IOException {
    return ROWS.matcher(Files.readString(logFile(name).toPath())).results().map(result -> result.group(1))
        .filter(rows -> !rows.equals("0")).collect(Collectors.toSet());
  }

  private File logFile(String name) {
    return folder.resolve(name + ".log").toFile();
  }

  private String log(String name) throws IOException {
    try (Stream<String> lines = Files.lines(logFile(name).toPath())) {
      var all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 40), all.size()));
    }
  }
}
