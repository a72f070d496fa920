package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.DeployCheck.Standing;
import dev.millrace.schema.DeployCheck.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import test.sales.OrderLine;
import test.sales.OrderPlaced;

/** Two readers of one event: billing looks at its customer and the quantities of its lines, stock at what is on the lines. */
class DeployCheckTest {
  private static final String NAME = "test.sales.OrderPlaced";
  private static final String CUSTOMER = ",{\"name\":\"customerId\",\"type\":[\"null\",\"string\"],"
      + "\"doc\":\"Null for a sale over the counter.\",\"default\":null}";

  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());

  private byte[] payload = {};

  @BeforeEach
  void read() {
    payload = codec
        .encode(new OrderPlaced("1", Instant.EPOCH, "c", List.of(new OrderLine("tea", 2, BigDecimal.ONE))));
    var billing = codec.forReader("billing", List.of(OrderPlaced.TYPE)).decoder(List.of(OrderPlaced.TYPE));
    var nobody = codec.decoder(List.of(OrderPlaced.TYPE));

    var billed = (OrderPlaced) billing.decode(payload).orElseThrow();
    assertThat(billed.customerId()).isEqualTo("c");
    assertThat(billed.lines().getFirst().quantity()).isEqualTo(2);
    assertThat(stock().lines().getFirst().stockCode()).isEqualTo("tea");
    var other = (OrderPlaced) nobody.decode(payload).orElseThrow();
    assertThat(other.placedAt()).isEqualTo(Instant.EPOCH);
  }

  private OrderPlaced stock() {
    var stock = codec.forReader("stock", List.of(OrderPlaced.TYPE)).decoder(List.of(OrderPlaced.TYPE));
    return (OrderPlaced) stock.decode(payload).orElseThrow();
  }

  @Test
  void what_the_handlers_of_a_reader_use_is_known_and_what_others_use_is_not_theirs() {
    assertThat(codec.readers()).extracting(EventReader::name).containsExactly("billing", "stock");
    assertThat(codec.readers()).extracting(EventReader::fields).containsExactly(
        Map.of(NAME, Set.of("customerId", "lines"), "test.sales.OrderLine", Set.of("quantity")),
        Map.of(NAME, Set.of("lines"), "test.sales.OrderLine", Set.of("stockCode")));
    assertThat(codec.readers()).extracting(EventReader::events).containsExactly(1L, 1L);
    assertThat(codec.readers()).allSatisfy(reader -> assertThat(reader.schemas()).hasSize(2));
  }

  @Test
  void a_thread_that_has_others_decode_for_it_says_for_whom_it_handles() throws Exception {
    var order = new OrderPlaced("1", Instant.EPOCH, null, List.of());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(order::placedAt).get();
      assertThat(codec.readers()).noneMatch(reader -> reader.uses(NAME + ".placedAt"));

      threads.submit(() -> {
        codec.forReader("stock", List.of(OrderPlaced.TYPE)).handle();
        return order.placedAt();
      }).get();
    }
    assertThat(codec.readers()).filteredOn(reader -> reader.uses(NAME + ".placedAt"))
        .extracting(EventReader::name)
        .containsExactly("stock");
  }

  @Test
  void a_reader_that_has_read_nothing_may_use_all() {
    codec.forReader("idle", List.of(OrderPlaced.TYPE));

    assertThat(standings(CUSTOMER, "")).containsExactly("billing: damaged", "idle: damaged",
        "stock: does not care");
  }

  @Test
  void a_field_of_a_record_in_two_places_is_used_in_both_where_it_is_in_one() {
    var address = "{\"type\":\"record\",\"name\":\"Address\",\"fields\":[{\"name\":\"city\",\"type\":\"string\"}%s]}";
    var text = "{\"type\":\"record\",\"name\":\"Sent\",\"namespace\":\"t\",\"owner\":\"o\",\"fields\":["
        + "{\"name\":\"billing\",\"type\":" + address + "},{\"name\":\"shipping\",\"type\":\"Address\"}]}";
    var schema = new Schema.Parser()
        .parse(text.formatted(",{\"name\":\"zip\",\"type\":\"string\",\"default\":\"\"}"));
    var reader = new EventReader("view:a", List.of(schema),
        Map.of("t.Sent", Set.of("shipping"), "t.Address", Set.of("zip")), 1, Instant.EPOCH);

    assertThat(DeployCheck.of(
        new EventSchemas(Map.of("t.Sent", List.of(new Schema.Parser().parse(text.formatted(""))))),
        Optional.empty(), List.of(reader))).extracting(Verdict::standing).containsExactly(Standing.DAMAGED);
  }

  @Test
  void a_field_with_a_new_name_is_gone_to_those_who_know_the_old_one() {
    assertThat(standings("\"name\":\"customerId\"", "\"name\":\"buyerId\",\"aliases\":[\"customerId\"]"))
        .containsExactly("billing: damaged", "stock: does not care");
  }

  @Test
  void a_version_that_a_reader_knows_already_is_fine() {
    var older = new EventSchemas(Map.of(NAME, List.of(OrderPlaced.TYPE.versions().getFirst())));

    assertThat(DeployCheck.of(older, Optional.of("sales"), codec.readers())).extracting(Verdict::standing)
        .containsExactly(Standing.FINE, Standing.FINE);
  }

  @Test
  void what_a_record_says_that_does_not_tell_is_taken_to_be_used() {
    codec.forReader("orders", List.of(Order.TYPE));

    assertThat(
        codec.readers().stream().filter(reader -> reader.name().equals("orders")).findFirst().orElseThrow()
            .fields())
        .containsEntry("test.shop.Line", Set.of("sku", "quantity", "price"));
  }

  @Test
  void nothing_new_is_fine() {
    assertThat(standings("", "")).containsExactly("billing: fine", "stock: fine");
  }

  @Test
  void a_field_that_is_gone_hurts_the_reader_that_uses_it() {
    assertThat(standings(CUSTOMER, "")).containsExactly("billing: damaged", "stock: does not care");
  }

  @Test
  void a_field_of_the_records_in_an_array_that_is_gone_hurts_the_reader_that_uses_it() {
    var price = OrderPlaced.TYPE.newest().getField("lines").schema().getElementType().getField("unitPrice");
    var json = ",{\"name\":\"unitPrice\",\"type\":" + price.schema() + ",\"default\":\"\\u0000\"}";
    assertThat(standings(json, "")).containsExactly("billing: does not care", "stock: does not care");

    stock().lines().getFirst().unitPrice();
    assertThat(standings(json, "")).containsExactly("stock: damaged", "billing: does not care");
  }

  @Test
  void a_value_that_is_read_as_another_hurts_the_reader_that_uses_it() {
    assertThat(standings("timestamp-millis", "timestamp-micros"))
        .containsExactly("billing: does not care", "stock: does not care");

    stock().placedAt();
    assertThat(standings("timestamp-millis", "timestamp-micros"))
        .containsExactly("stock: damaged", "billing: does not care");
  }

  @Test
  void events_that_cannot_be_read_break_every_reader() {
    assertThat(
        standings("{\"name\":\"quantity\",\"type\":\"int\"}", "{\"name\":\"quantity\",\"type\":\"string\"}"))
        .containsExactly("billing: breaks", "stock: breaks");
  }

  @Test
  void an_event_that_is_published_no_more_breaks_its_readers() {
    var verdicts = DeployCheck.of(new EventSchemas(Map.of()), Optional.of("sales"), codec.readers());

    assertThat(verdicts).extracting(Verdict::standing).containsExactly(Standing.BREAKS, Standing.BREAKS);
    assertThat(verdicts.getFirst().findings()).extracting(Finding::rule).containsExactly(Rule.EVENT_REMOVED);
    assertThat(DeployCheck.of(new EventSchemas(Map.of()), Optional.empty(), codec.readers())).isEmpty();
    var others = new EventSchemas(Map.of("test.sales.Other", List.of(new Schema.Parser().parse(
        OrderPlaced.TYPE.newest().toString().replace("OrderPlaced", "Other")))));
    assertThat(DeployCheck.of(others, Optional.empty(), codec.readers())).as("of the same service")
        .hasSize(2);
  }

  @Test
  void the_events_of_other_services_are_left_alone() {
    assertThat(DeployCheck.of(schemas("", ""), Optional.of("ledger"), codec.readers())).isEmpty();
  }

  private List<String> standings(String before, String after) {
    return DeployCheck.of(schemas(before, after), Optional.of("sales"), codec.readers()).stream()
        .map(verdict -> verdict.reader().name() + ": " + verdict.standing()).toList();
  }

  private static EventSchemas schemas(String before, String after) {
    var text = OrderPlaced.TYPE.newest().toString();
    assertThat(text).contains(before);
    var versions = new HashMap<String, List<Schema>>();
    versions.put(NAME,
        List.of(new Schema.Parser().parse(before.isEmpty() ? text : text.replace(before, after))));
    return new EventSchemas(versions);
  }
}
