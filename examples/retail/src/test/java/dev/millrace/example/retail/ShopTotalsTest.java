package dev.millrace.example.retail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.example.retail.Independent.Figures;
import java.io.PrintWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class ShopTotalsTest {
  private static final Path REAL = Path.of(System.getProperty("retail.data", "none"));

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir
  Path folder;

  @Test
  void every_figure_of_the_generated_shop_equals_plain_sql_over_its_rows_but_the_malformed_ones()
      throws Exception {
    everyFigureOfTheGeneratedShopEqualsPlainSql(new DemoOptions.Log.Kafka());
  }

  @EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
  @Tag("acceptance")
  @Test
  void every_figure_of_the_generated_shop_equals_plain_sql_over_its_rows_but_the_malformed_ones_on_kinesis()
      throws Exception {
    everyFigureOfTheGeneratedShopEqualsPlainSql(Logs.kinesis());
  }

  private void everyFigureOfTheGeneratedShopEqualsPlainSql(DemoOptions.Log log) throws Exception {
    var rows = GeneratedShop.csv().lines().collect(Collectors.toCollection(ArrayList::new));
    rows.add(500, "536400,20000,\"LAMP,six,2010-12-01T08:26:00,2.55,17850,Japan");
    rows.add(9_000, "X1,20000,LAMP,6,2010-12-01T08:26:00,2.55,17850,Japan");
    var input = Files.write(folder.resolve("shop.csv"), rows);

    var report = figuresEqualPlainSql(log, Optional.of(input), Optional.empty());

    assertThat(report.rowsRejected()).isEqualTo(2);
    assertThat(Files.readAllLines(folder.resolve("data/rejects.csv"))).hasSize(3)
        .anyMatch(line -> line.startsWith("501,\"a quote is not closed"))
        .anyMatch(line -> line.startsWith("9001,\"InvoiceNo 'X1' is not digits"));
  }

  @Tag("acceptance")
  @Test
  void every_figure_of_the_real_shop_equals_plain_sql_over_its_rows() throws Exception {
    if (!Files.exists(REAL))
      System.out.println("The real shop is skipped: there is no file " + REAL);
    assumeTrue(Files.exists(REAL), "there is no file " + REAL);

    var report = figuresEqualPlainSql(new DemoOptions.Log.Kafka(), Optional.of(REAL), Optional.of(REAL));

    assertThat(report.rowsRead()).isEqualTo(541_909);
    assertThat(report.totalRevenue()).isEqualByComparingTo("9747747.934");
    assertThat(report.sales()).isEqualByComparingTo("10655622.484");
    assertThat(report.cancellations()).isEqualByComparingTo("-896812.490");
    assertThat(report.events().get("shop.sales.OrderPlaced")).isEqualTo(20_725);
    assertThat(report.events().get("shop.sales.OrderCancelled")).isEqualTo(3_836);
  }

  private DemoReport figuresEqualPlainSql(DemoOptions.Log log, Optional<Path> input,
      Optional<Path> wellFormed)
      throws Exception {
    var options = new DemoOptions(input, OptionalLong.empty(), Optional.of(folder.resolve("data")), true,
        Optional.empty(), 0, log);
    try (var demo = Demo.start(options, new PrintWriter(Writer.nullWriter()), false);
        var csv = Input.of(wellFormed).open()) {
      var independent = Independent.of(csv);
      var report = demo.run();

      assertThat(report.problems()).isEmpty();
      assertThat(used(demo.uri(), "view:country-revenue")).containsExactly("country", "lines");
      assertThat(used(demo.uri(), "view:customer-summary")).contains("customerId").doesNotContain("currency");
      assertThat(report.rowsRead()).isEqualTo(report.rowsPublished() + report.rowsRejected());
      assertThat(report.totalRevenue()).isEqualByComparingTo(independent.total("true"));
      assertThat(figures(demo.uri(), "country-revenue", "country")).isEqualTo(independent.byCountry());
      assertThat(figures(demo.uri(), "customer-summary", "customerId")).isEqualTo(independent.byCustomer());
      assertThat(decimals(demo.uri(), "daily-sales", "day", "orders", "lines", "units", "sales", "cancelled"))
          .isEqualTo(independent.byDay());
      assertThat(decimals(demo.uri(), "product-sales", "stockCode", "unitsSold", "unitsReturned",
          "unitsWrittenOff", "revenue")).isEqualTo(independent.byProduct());
      assertThat(one(demo.uri(), "country-revenue", "United Kingdom").get("revenue").asText())
          .satisfies(revenue -> assertThat(new BigDecimal(revenue))
              .isEqualByComparingTo(independent.total("country = 'United Kingdom'")));
      return report;
    }
  }

  /** What the handlers of a reader have used of an order. */
  private List<String> used(URI api, String reader) throws Exception {
    var answer = http.send(HttpRequest.newBuilder(api.resolve("/readers")).build(),
        HttpResponse.BodyHandlers.ofString());
    for (var one : json.readTree(answer.body())) {
      if (one.get("reader").asText().equals(reader)
          && one.get("event").asText().equals("shop.sales.OrderPlaced"))
        return one.get("fields").get("shop.sales.OrderPlaced").valueStream().map(JsonNode::asText).toList();
    }
    throw new AssertionError(reader + " reads no orders: " + answer.body());
  }

  private Map<String, Figures> figures(URI api, String view, String key) throws Exception {
    var figures = new TreeMap<String, Figures>();
    for (var row : rows(api, view)) {
      figures.put(row.get(key).asText(),
          new Figures(row.get("orders").asLong(), row.get("cancellations").asLong(),
              decimal(row, "sales"), decimal(row, "cancelled"), decimal(row, "revenue")));
    }
    return figures;
  }

  private Map<String, List<BigDecimal>> decimals(URI api, String view, String key, String... fields)
      throws Exception {
    var decimals = new TreeMap<String, List<BigDecimal>>();
    for (var row : rows(api, view))
      decimals.put(row.get(key).asText(), Stream.of(fields).map(field -> decimal(row, field)).toList());
    return decimals;
  }

  private List<JsonNode> rows(URI api, String view) throws Exception {
    var rows = new ArrayList<JsonNode>();
    var cursor = Optional.<String>empty();
    do {
      var page = get(
          api.resolve("/views/" + view + "?limit=1000" + cursor.map(after -> "&page=" + after).orElse("")));
      page.get("rows").forEach(rows::add);
      cursor = Optional.ofNullable(page.get("next")).filter(JsonNode::isTextual).map(JsonNode::asText);
    } while (cursor.isPresent());
    return rows;
  }

  private JsonNode one(URI api, String view, String key) throws Exception {
    return get(api.resolve(
        "/views/" + view + "/" + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20")));
  }

  private JsonNode get(URI uri) throws Exception {
    var response = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json.readTree(response.body());
  }

  private static BigDecimal decimal(JsonNode row, String field) {
    return Independent.plain(new BigDecimal(row.get(field).asText()));
  }
}
