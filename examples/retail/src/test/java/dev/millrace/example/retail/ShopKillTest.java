package dev.millrace.example.retail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shop is killed again and again, at moments that the seed chooses, and started again with the same command. */
class ShopKillTest {
  private static final int ROUNDS = Integer.getInteger("kill.rounds", 5);
  private static final long SEED = Long.getLong("kill.seed", System.nanoTime());
  private static final int ROWS_PER_SECOND = 3_000;
  private static final int LONGEST_LIFE_MILLIS = 4_000;

  @TempDir
  Path folder;

  @Test
  void totals_are_exact_however_often_the_process_is_killed() throws Exception {
    var random = new Random(SEED);
    for (int round = 1; round <= ROUNDS; round++) {
      var process = start("killed-" + round);
      awaitStarted(process);
      boolean ended = process.waitFor(random.nextInt(LONGEST_LIFE_MILLIS), TimeUnit.MILLISECONDS);
      assertThat(ended).as("seed %d, round %d: ended by itself: %s", SEED, round, log("killed-" + round))
          .isFalse();
      process.destroyForcibly().waitFor();
    }

    var last = start("last");
    boolean ended = last.waitFor(3, TimeUnit.MINUTES);
    if (!ended)
      last.destroyForcibly();

    assertThat(ended && last.exitValue() == 0).as("seed %d: %s", SEED, log("last")).isTrue();
    assertExact(new ObjectMapper().readTree(folder.resolve("report.json").toFile()));
  }

  /** Against a reading of the input that no crash has touched. */
  private static void assertExact(JsonNode report) throws IOException {
    var tally = new Tally();
    try (var invoices = new InvoiceReader(Input.of(Optional.empty()).open(), row -> tally.rejected())) {
      for (var invoice = invoices.next(); invoice != null; invoice = invoices.next()) {
        tally.count(invoice);
      }
    }
    var read = tally.read();
    assertThat(new BigDecimal(report.get("totalRevenue").asText()).compareTo(read.revenue()))
        .as("seed %d: %s", SEED, report).isZero();
    assertThat(report.get("events").get("shop.sales.OrderPlaced").asLong()).isEqualTo(read.orders());
    assertThat(report.get("events").get("shop.sales.OrderEnriched").asLong()).isEqualTo(read.orders());
    assertThat(report.get("problems")).as("seed %d", SEED).isEmpty();
  }

  private Process start(String name) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = List.of(java, "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
        ShopProcess.class.getName(), folder.resolve("data").toString(),
        folder.resolve("report.json").toString(),
        String.valueOf(ROWS_PER_SECOND));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(logFile(name)).start();
  }

  /** Some are killed while they start, most while they work. */
  private static void awaitStarted(Process process) throws InterruptedException {
    process.waitFor(2, TimeUnit.SECONDS);
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
