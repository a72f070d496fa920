package dev.millrace.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.SchemaException.Code;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class EventCodecTest {
  private final SchemaRegistry registry = SchemaRegistry.inMemory();
  private final EventCodec codec = EventCodec.of(registry);
  private final EventCodec.Decoder decoder = codec.decoder(List.of(Order.TYPE));

  @Test
  void an_event_is_read_as_it_was_written() {
    var order = Order.example();

    var payload = codec.encode(order);

    assertThat(decoder.decode(payload)).contains(order);
    assertThat(payload).startsWith(0, 0, 0, 0, 2);
    assertThat(registry.versions("test.shop.Order")).containsExactly(1, 2);
  }

  @Test
  void a_record_may_hold_itself() {
    var order = Order.example().replacing(Order.example().replacing(Order.example()));

    assertThat(decoder.decode(codec.encode(order))).contains(order);
  }

  /** Avro 1.12.2 fails here: it takes the size of an item from the reader's schema. */
  @Test
  void an_array_written_before_its_items_gained_a_field_is_read_with_the_default() {
    var order = Order.example();

    var read = decoder.decode(codec.encode(Order.TYPE.at(1), order));

    assertThat(read).contains(order.withLines(List.of(new Order.Line("85123A", 6, new BigDecimal("0.00")),
        new Order.Line("grün", -1, new BigDecimal("0.00")))));
  }

  @Test
  void an_older_version_leaves_out_what_it_lacks() {
    var payload = codec.encode(Order.TYPE.at(1), Order.example());

    assertThat(EventCodec.schemaId(payload)).isEqualTo(1);
    assertThat(registry.versions("test.shop.Order")).containsExactly(1);
    assertThat(codec.decodeAny(payload).fields()).doesNotContainKey("replaces");
  }

  @Test
  void any_payload_is_read_as_plain_values() {
    var decoded = codec.decodeAny(codec.encode(Order.example()));

    assertThat(decoded.type()).isEqualTo("test.shop.Order");
    assertThat(decoded.fields()).containsEntry("total", new BigDecimal("139.120"))
        .containsEntry("state", "SENT")
        .containsEntry("at", Instant.parse("2010-12-01T08:26:00Z")).containsEntry("note", null);
    assertThat((List<?>) decoded.fields().get("lines")).first()
        .isEqualTo(Map.of("sku", "85123A", "quantity", 6, "price", new BigDecimal("2.55")));
    assertThat(decoded.fields().keySet()).startsWith("id", "note", "lines");
  }

  @Test
  void an_event_of_another_type_is_left_alone() {
    int id = registry.register("x", new Schema.Parser().parse("""
        {"type": "record", "name": "X", "fields": []}"""));

    assertThat(decoder.decode(new byte[]{0, 0, 0, 0, (byte) id})).isEmpty();
  }

  @Test
  void a_misfit_names_the_field() {
    var wrongPrice = List.of(Order.example().lines().getFirst(),
        new Order.Line("x", 1, new BigDecimal("1.005")));

    assertRefused(() -> codec.encode(Order.example().withLines(wrongPrice)), Code.MISFIT,
        "test.shop.Order: lines[1].price: 1.005 has more than 2 decimal places");
    assertRefused(() -> codec.encode(Order.example().withTotal(new BigDecimal("1e999999999"))), Code.MISFIT,
        "total: 1E+999999999 has more than 18 digits at scale 3");
    assertRefused(() -> codec.encode(Order.example().withAt(Instant.ofEpochSecond(0, 1))), Code.MISFIT,
        "at: 1970-01-01T00:00:00.000000001Z is finer than timestamp-millis");
    assertRefused(() -> codec.encode(Order.example().withNote("\uD800")), Code.MISFIT,
        "note: the text has half");
    assertThat(decoder.decode(codec.encode(Order.example()))).contains(Order.example());
  }

  @Test
  void nesting_without_end_is_refused() {
    var order = Order.example();
    for (int i = 0; i < 300; i++) {
      order = order.replacing(order);
    }
    var deep = order;

    assertRefused(() -> codec.encode(deep), Code.MISFIT, "more than 200 deep");
  }

  @Test
  void a_broken_payload_says_what_is_wrong_and_where() {
    var payload = codec.encode(Order.example());
    var unknown = payload.clone();
    unknown[4] = 99;

    assertRefused(() -> decoder.decode(new byte[0]), Code.NOT_FRAMED, "0 bytes");
    assertRefused(() -> decoder.decode("{\"id\":1}".getBytes(UTF_8)), Code.NOT_FRAMED, "starts with 0x7b");
    assertRefused(() -> decoder.decode(unknown), Code.UNKNOWN_SCHEMA, "99");
    assertRefused(() -> decoder.decode(Arrays.copyOf(payload, payload.length - 1)), Code.TRUNCATED,
        "test.shop.Order (schema id 2, " + (payload.length - 1) + " bytes): replaces: a number");
    assertRefused(() -> decoder.decode(Arrays.copyOf(payload, payload.length + 1)), Code.MALFORMED,
        "1 bytes are left");
    assertRefused(() -> decoder.decode(new byte[]{0, 0, 0, 0, 2, 2, (byte) 0xFF}), Code.MALFORMED,
        "id: a text of 1 bytes is not UTF-8");
  }

  @Test
  void few_bytes_cannot_take_much_memory() {
    int nulls = registry.register("nulls", new Schema.Parser().parse("""
        {"type": "record", "name": "Nulls", "fields": [
          {"name": "a", "type": {"type": "array", "items": {"type": "array", "items": "null"}}}]}"""));
    int itself = registry.register("itself", new Schema.Parser().parse("""
        {"type": "record", "name": "Itself", "fields": [{"name": "next", "type": "Itself"}]}"""));
    int text = registry.register("text", new Schema.Parser().parse("""
        {"type": "record", "name": "Text", "fields": [{"name": "t", "type": "string"}]}"""));

    // Two blocks of 4,097 nulls; a record in itself for ever; a text of 2^62 bytes; a number of 80 bits.
    assertRefused(() -> codec.decodeAny(framed(nulls, 4, 0x82, 0x40, 0, 0x82, 0x40, 0, 0)),
        Code.MALFORMED,
        "a[1]: 4097 items take no bytes");
    assertRefused(() -> codec.decodeAny(framed(itself)), Code.MALFORMED, "more than 200 deep");
    assertRefused(
        () -> codec.decodeAny(framed(text, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1)),
        Code.TRUNCATED, "t: a text or bytes takes 4611686018427387904 bytes, but 0 are left");
    assertRefused(
        () -> codec.decodeAny(framed(text, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F)),
        Code.MALFORMED, "more than 64 bits");
    assertRefused(() -> codec.decodeAny(framed(text, 1)), Code.MALFORMED, "a length is -1");
  }

  private static byte[] framed(int id, int... body) {
    var payload = new byte[5 + body.length];
    payload[4] = (byte) id;
    for (int i = 0; i < body.length; i++) {
      payload[5 + i] = (byte) body[i];
    }
    return payload;
  }

  @Test
  void a_schema_that_cannot_be_read_is_named() {
    int id = registry.register("test.shop.Order", new Schema.Parser().parse("""
        {"type": "record", "name": "Order", "namespace": "test.shop", "fields": []}"""));

    assertRefused(() -> decoder.decode(new byte[]{0, 0, 0, 0, (byte) id}), Code.UNREADABLE,
        "missing required field");
  }

  @Test
  void the_key_of_an_event_is_a_text() {
    assertThat(Order.TYPE.keyOf(Order.example())).isEqualTo("536365");
    assertThat(Order.TYPE.at(2)).isSameAs(Order.TYPE);
    assertThat(new ArrayList<>(Order.TYPE.versions())).hasSize(2);
  }

  private static void assertRefused(ThrowingCallable call, Code code, String part) {
    assertThatThrownBy(call).isInstanceOfSatisfying(SchemaException.class,
        e -> assertThat(e.code()).isEqualTo(code)).hasMessageContaining(part);
  }
}
