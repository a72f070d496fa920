package dev.millrace.example.retail;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every view of the shop is rebuilt, promoted, rolled back and promoted again while orders keep coming, and somebody reads. The
 * shop is slow until then, so that its input outlasts the rebuilds on any machine, and hurries afterwards.
 */
@Isolated
@Tag("acceptance")
class ShopRebuildTest {
  /** The input lasts for a quarter of an hour. */
  private static final OptionalLong SLOW = OptionalLong.of(20);
  private static final Duration BETWEEN_READS = Duration.ofMillis(10);
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir
  Path folder;

  @ParameterizedTest
  @MethodSource("dev.millrace.example.retail.Logs#all")
  void the_totals_are_exact_and_no_reader_sees_an_error_or_a_step_back(DemoOptions.Log log) throws Exception {
    var options = new DemoOptions(Optional.empty(), SLOW, Optional.of(folder.resolve("data")), true,
        Optional.empty(), 0, log);
    try (var demo = Demo.start(options, new PrintWriter(Writer.nullWriter()), false);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var report = threads.submit(demo::run);
      var done = new AtomicBoolean();
      var reader = threads.submit(reading(demo.uri(), done));
      try {
        var views = get(demo.uri(), "/views").findValuesAsText("name");
        // A local Kinesis has little to give beside what the shop takes of it.
        for (var view : log instanceof DemoOptions.Log.Kinesis ? views.subList(0, 1) : views)
          rebuild(demo.uri(), view);

        assertThat(report.isDone()).as("orders came all the while").isFalse();
      } finally {
        done.set(true);
        demo.hurry();
      }
      assertThat(reader.get()).isPositive();
      assertThat(report.get().problems()).isEmpty();
      assertThat(get(demo.uri(), "/views").get(0).get("generation").asInt()).isEqualTo(2);
      assertThat(get(demo.uri(), "/views").findValuesAsText("parked")).containsOnly("0");
    }
  }

  private void rebuild(URI api, String view) throws Exception {
    post(api, "/rebuilds/" + view, "{}");
    var last = lastLine(api, "/rebuilds/" + view + "/progress");
    assertThat(last.get("phase").asText()).as(last.toString()).isEqualTo("FOLLOWING");
    assertThat(post(api, "/generations/" + view + "/promote", "{}").get("live").asInt()).isEqualTo(2);
    assertThat(post(api, "/generations/" + view + "/rollback", "{}").get("live").asInt()).isEqualTo(1);
    assertThat(post(api, "/generations/" + view + "/promote", "{\"generation\": 2}").get("live").asInt())
        .isEqualTo(2);
  }

  /** Reads one view all the time; answers how often. */
  private Callable<Long> reading(URI api, AtomicBoolean done) {
    return () -> {
      long reads = 0;
      long orders = 0;
      while (!done.get() && !Thread.currentThread().isInterrupted()) {
        long now = 0;
        for (var row : get(api, "/views/country-revenue?limit=1000").get("rows"))
          now += row.get("orders").asLong() + row.get("cancellations").asLong();
        assertThat(now).isGreaterThanOrEqualTo(orders);
        orders = now;
        reads++;
        LockSupport.parkNanos(BETWEEN_READS.toNanos()); // leaves the servers room for what is read
      }
      return reads;
    };
  }

  private JsonNode get(URI api, String path) throws IOException, InterruptedException {
    return document(HttpRequest.newBuilder(api.resolve(path)));
  }

  private JsonNode post(URI api, String path, String body) throws IOException, InterruptedException {
    return document(HttpRequest.newBuilder(api.resolve(path)).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private JsonNode lastLine(URI api, String path) throws IOException, InterruptedException {
    return json.readTree(
        text(HttpRequest.newBuilder(api.resolve(path))).lines().reduce((_, last) -> last).orElseThrow());
  }

  private JsonNode document(HttpRequest.Builder request) throws IOException, InterruptedException {
    return json.readTree(text(request));
  }

  private String text(HttpRequest.Builder request) throws IOException, InterruptedException {
    var answer = http.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as("%s: %s", answer.request().uri(), answer.body()).isEqualTo(200);
    return answer.body();
  }
}
