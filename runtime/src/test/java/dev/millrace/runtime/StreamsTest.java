package dev.millrace.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.dev.DevKafka;
import dev.millrace.publish.Publisher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StreamsTest {
  private static final String RECORDS = "/streams/test.sales/records";

  /** Has no streams of other tests. */
  private static final DevKafka KAFKA = DevKafka.start();
  private static Backend backend;
  private static MillraceRuntime runtime;
  private static Http http;
  private static Instant between;

  @BeforeAll
  static void start() throws Exception {
    backend = new Backend(KAFKA.bootstrapServers(), Sales.in("test.sales"));
    runtime = MillraceRuntime.builder().settings(backend.settings().build())
        .projection(backend.sales.countryRevenue).start();
    http = new Http(runtime.uri());
    publish(backend.sales.sold("1", "Germany", "tea", "12345678901234567.891"),
        backend.sales.sold("2", "France", "cup", "1.000"));
    between = Instant.parse(lines(RECORDS).getLast().get("appendedAt").asText()).plusMillis(1);
    await().until(() -> Instant.now().isAfter(between));
    publish(backend.sales.sold("3", "EIRE", "tea", "3.000"));
    foreign("raw", new byte[]{1, 2, 3}, "bytes that are no event");
    foreign("gone", new byte[0], "a tombstone");
  }

  @AfterAll
  static void stop() {
    http.close();
    runtime.close();
    backend.close();
    KAFKA.close();
  }

  private static void publish(Sold... sales) {
    try (var publisher = Publisher.builder(runtime.log().writer(), runtime.codec()).source("/test").build()) {
      List.of(sales).forEach(sold -> publisher.publish(sold).join());
    }
  }

  private static void foreign(String key, byte[] value, String why) throws Exception {
    var settings = Map.<String, Object>of("bootstrap.servers", backend.bootstrapServers);
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      var entry = new ProducerRecord<>("test.sales", 0, key, value);
      entry.headers().add("why", why.getBytes(UTF_8));
      producer.send(entry).get();
    }
  }

  private static List<JsonNode> lines(String path) {
    var answer = http.get(path);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.type()).isEqualTo("application/x-ndjson");
    return answer.lines().toList();
  }

  private static List<String> keys(String path) {
    return lines(path).stream().map(line -> line.get("key").asText()).toList();
  }

  @Test
  void names_the_streams_with_their_partitions() {
    assertThat(http.get("/streams").text()).isEqualTo("[{\"name\":\"test.sales\",\"partitions\":3}]");
  }

  @Test
  void counts_which_schemas_the_records_were_written_under() {
    var lines = lines("/streams/test.sales/schemas").stream().filter(line -> !line.has("counted")).toList();

    assertThat(lines).hasSize(2);
    var sold = lines.getFirst();
    assertThat(sold.get("subject").asText()).isEqualTo("test.shop.Sold");
    assertThat(sold.get("version").asInt()).isEqualTo(1);
    var events = lines(RECORDS + "?limit=1000").stream().filter(line -> line.hasNonNull("event")).count();
    assertThat(sold.get("records").asLong()).isEqualTo(events).isGreaterThanOrEqualTo(3);
    assertThat(Instant.parse(sold.get("oldest").asText())).isBefore(between);
    assertThat(Instant.parse(sold.get("newest").asText())).isAfterOrEqualTo(between);
    assertThat(lines.getLast().get("error").asText()).isEqualTo("the payloads have no schema id");
    assertThat(lines.getLast().get("records").asLong()).isEqualTo(2);
    assertThat(http.get("/streams/test.nothing/schemas").status()).isEqualTo(404);
  }

  @Test
  void shows_an_event_with_its_envelope_and_its_place() {
    var line = lines(RECORDS).stream().filter(one -> one.get("key").asText().equals("1")).findFirst()
        .orElseThrow();

    assertThat(line.get("stream").asText()).isEqualTo("test.sales");
    assertThat(line.get("position").asText()).matches("\\d+");
    assertThat(line.get("schemaId").asInt()).isPositive();
    assertThat(line.get("type").asText()).isEqualTo("test.shop.Sold");
    assertThat(line.get("envelope").get("source").asText()).isEqualTo("/test");
    assertThat(line.get("envelope").get("type").asText()).isEqualTo("test.shop.Sold");
    assertThat(line.get("event").toString())
        .isEqualTo("{\"orderId\":\"1\",\"country\":\"Germany\",\"item\":\"tea\","
            + "\"total\":\"12345678901234567.891\",\"at\":\"2026-01-02T03:04:05.678Z\"}");
  }

  @Test
  void shows_what_cannot_be_decoded_and_goes_on() {
    var byKey = lines(RECORDS).stream()
        .collect(Collectors.toMap(line -> line.get("key").asText(), line -> line));

    assertThat(byKey).containsOnlyKeys("1", "2", "3", "raw", "gone");
    var raw = Objects.requireNonNull(byKey.get("raw"));
    assertThat(raw.get("error").get("code").asText()).isEqualTo("NOT_FRAMED");
    assertThat(raw.get("payload").asText()).isEqualTo("AQID");
    assertThat(raw.get("envelopeError").get("code").asText()).isEqualTo("MALFORMED");
    assertThat(Objects.requireNonNull(byKey.get("gone")).get("event").isNull()).isTrue();
  }

  @Test
  void begins_where_it_is_told() {
    var all = lines(RECORDS);
    var first = all.getFirst();
    var cursor = first.get("partition").asText() + "@" + first.get("position").asText();

    assertThat(lines(RECORDS + "?from=end")).isEmpty();
    assertThat(keys(RECORDS + "?from=" + between)).containsExactlyInAnyOrder("3", "raw", "gone");
    assertThat(keys(RECORDS + "?from=" + cursor)).hasSize(all.size() - 1)
        .doesNotContain(first.get("key").asText());
  }

  @Test
  void ends_at_the_limit() {
    assertThat(lines(RECORDS + "?limit=2")).hasSize(2);
  }

  @Test
  void brings_new_events_to_those_who_follow_and_ends_at_their_limit() {
    var answer = http.follow(RECORDS + "?from=end&follow=true&limit=2");
    assertThat(answer.statusCode()).isEqualTo(200);

    publish(backend.sales.sold("4", "Germany", "tea", "1.000"),
        backend.sales.sold("5", "Germany", "tea", "1.000"),
        backend.sales.sold("6", "Germany", "tea", "1.000"));

    try (var lines = answer.body()) {
      assertThat(lines.filter(line -> !line.isEmpty()).toList()).hasSize(2);
    }
  }

  @Test
  void bounds_how_many_are_read_at_once_and_frees_those_that_were_left() {
    var followers = new ArrayList<Http>();
    for (int i = 0; i < 32; i++) {
      var follower = new Http(runtime.uri());
      followers.add(follower);
      assertThat(follower.follow(RECORDS + "?from=start&follow=true").statusCode()).isEqualTo(200);
    }

    var refused = http.get(RECORDS);
    followers.forEach(Http::close);

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.json().get("code").asText()).isEqualTo("too-many-readers");
    await().until(() -> http.get(RECORDS).status() == 200);
  }
}
