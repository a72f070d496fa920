package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schema.ScriptedServer.Reply;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import test.sales.OrderLine;
import test.sales.OrderPlaced;

/** The bytes that other languages' clients read: whoever changes them breaks those who wrote and read them before. */
class GoldenVectorTest {
  private static final String FIRST = "4e1d5bd2-0001";
  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());
  private final EventCodec.Decoder decoder = codec.decoder(List.of(OrderPlaced.TYPE));
  private final JsonNode vectors;

  GoldenVectorTest() throws IOException {
    try (var in = Objects.requireNonNull(EventCodec.class.getResourceAsStream("golden/kafka.json"))) {
      vectors = new ObjectMapper().readTree(in).get("vectors");
    }
  }

  private static byte[] value(JsonNode vector) {
    return HexFormat.of().parseHex(vector.get("value").asText());
  }

  private static OrderPlaced first(String price) {
    return new OrderPlaced("536365", Instant.parse("2010-12-01T08:26:00Z"), null, List
        .of(new OrderLine("85123A", 6, new BigDecimal(price)),
            new OrderLine("71053", -6, new BigDecimal(price))));
  }

  private static OrderPlaced second() {
    return new OrderPlaced("Größe 😀", Instant.ofEpochMilli(-1), "17850", List.of(
        new OrderLine("85123A", 6, new BigDecimal("2.550")),
        new OrderLine("", Integer.MIN_VALUE, new BigDecimal("-0.001"))));
  }

  @Test
  void events_are_written_byte_for_byte() {
    assertThat(codec.encode(OrderPlaced.TYPE.at(1), first("2.55"))).isEqualTo(value(vectors.get(0)));
    assertThat(codec.encode(second())).isEqualTo(value(vectors.get(1)));
  }

  @Test
  void events_are_read() {
    codec.encode(second());

    assertThat(decoder.decode(value(vectors.get(0)))).contains(first("0"));
    assertThat(decoder.decode(value(vectors.get(1)))).contains(second());
  }

  @Test
  void keys_are_texts() {
    assertThat(OrderPlaced.TYPE.keyOf(first("0"))).isEqualTo(vectors.get(0).get("key").asText());
    assertThat(OrderPlaced.TYPE.keyOf(second())).isEqualTo(vectors.get(1).get("key").asText());
  }

  @Test
  void every_kind_of_field_is_read() throws IOException {
    var vector = vectors.get(2);
    var answer = new ObjectMapper().createObjectNode().put("schema", vector.get("schema").toString());
    try (var server = new ScriptedServer(new Reply(200, answer.toString()))) {
      var decoded = EventCodec.of(SchemaRegistry.at(server.address())).decodeAny(value(vector));

      assertThat(server.asked).singleElement().asString().startsWith("GET /schemas/ids/16909060");
      assertThat(decoded.type()).isEqualTo("test.kinds.KindsSeen");
      assertThat(decoded.fields()).containsExactly(Map.entry("number", Long.MIN_VALUE),
          Map.entry("flag", true),
          Map.entry("ratio", 1.5f), Map.entry("share", -0.1),
          Map.entry("raw", ByteBuffer.wrap(new byte[]{0, -1})),
          Map.entry("four", ByteBuffer.wrap(new byte[]{1, 2, 3, 4})), Map.entry("size", "LARGE"),
          Map.entry("tags", Map.of("ä", 1, "b", -1)), Map.entry("either", Map.of("a", 64, "b", -65)),
          Map.entry("day", LocalDate.of(1969, 12, 31)),
          Map.entry("time", LocalTime.of(23, 59, 59, 999_999_000)),
          Map.entry("at", Instant.parse("2010-12-01T08:26:00.000001Z")),
          Map.entry("id", UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e")),
          Map.entry("price", new BigDecimal("-1.23")));
    }
  }

  @Test
  void envelopes_have_the_attributes_of_the_headers_in_their_order() {
    var least = Envelope.of(FIRST, "/sales", OrderPlaced.TYPE.name(), Instant.parse("2010-12-01T08:26:00Z"),
        "536365");
    var most = new Envelope("4e1d5bd2-0002", "/sales", OrderPlaced.TYPE.name(),
        Instant.parse("1969-12-31T23:59:59.999000001Z"), "Größe 😀", Optional.of("conversation-1"),
        Optional.of(FIRST),
        Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), Optional.of("vendor=value"));

    assertThat(headers(least)).isEqualTo(headers(vectors.get(0)));
    assertThat(headers(most)).isEqualTo(headers(vectors.get(1)));
    assertThat(most.causedBy(least).correlationId()).contains(FIRST);
    assertThat(least.causedBy(most)).satisfies(caused -> {
      assertThat(caused.correlationId()).contains("conversation-1");
      assertThat(caused.causationId()).contains("4e1d5bd2-0002");
      assertThat(caused.tracestate()).contains("vendor=value");
    });
  }

  private static List<String> headers(Envelope envelope) {
    return envelope.attributes().entrySet().stream()
        .map(entry -> (entry.getKey().startsWith("trace") ? "" : "ce_") + entry.getKey() + "="
            + entry.getValue())
        .toList();
  }

  private static List<String> headers(JsonNode vector) {
    return vector.get("headers").valueStream()
        .map(header -> header.get(0).asText() + "=" + header.get(1).asText())
        .toList();
  }
}
