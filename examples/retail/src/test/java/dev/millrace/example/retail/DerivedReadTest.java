package dev.millrace.example.retail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.DevKafka;
import dev.millrace.dev.DevPostgres;
import dev.millrace.dev.DevRegistry;
import dev.millrace.dev.SharedServers;
import dev.millrace.publish.Publisher;
import dev.millrace.runtime.MillraceRuntime;
import dev.millrace.runtime.Settings;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import shop.sales.OrderLine;
import shop.sales.OrderPlaced;

/** Who has placed an order asks for its details, which a stream app has to make first. */
class DerivedReadTest {
  private final HttpClient http = HttpClient.newHttpClient();

  private static OrderPlaced order(String id) {
    return new OrderPlaced(id, "17850", "United Kingdom", LocalDateTime.parse("2010-12-01T08:26:00"),
        List.of(new OrderLine("85123A", 6, new BigDecimal("2.550"))), "GBP");
  }

  @Test
  void an_order_s_own_token_brings_the_details_that_a_stream_app_has_made_of_it(@TempDir Path folder)
      throws Exception {
    var database = SharedServers.uniqueName("views");
    SharedServers.postgres().createDatabase(database);
    try (var kafka = DevKafka.start(); // has no orders of other tests
        var registry = DevRegistry.start(SharedServers.createDatabase());
        var runtime = MillraceRuntime.builder()
            .settings(Settings.builder().kafka(kafka.bootstrapServers()).registry(registry.uri())
                .postgres(SharedServers.postgres().jdbcUrl(database), DevPostgres.USER, "")
                .http("127.0.0.1", 0).partitions(3).stateDirectory(folder.resolve("streams")).build())
            .projection(OrderDetails.VIEW).app(OrderDetailsApp.APP).start();
        var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/sales").build()) {
      for (int i = 1; i <= 5; i++) {
        var token = publisher.publish(order("order-" + i)).join().token().text();

        var row = runtime.uri().resolve("/views/order-details/order-" + i);
        // On a slow machine the app may need longer than the API waits: 503 asks the reader to come again.
        var details = await().until(() -> get(row, token), answer -> answer.statusCode() != 503);

        assertThat(details.statusCode()).as(details.body()).isEqualTo(200);
        assertThat(details.body()).contains("85123A");
      }
    }
  }

  private HttpResponse<String> get(URI row, String token) throws Exception {
    var question = HttpRequest.newBuilder(row).header("Millrace-At-Least", token).header("Millrace-Wait",
        "30s");
    return http.send(question.build(), BodyHandlers.ofString());
  }
}
