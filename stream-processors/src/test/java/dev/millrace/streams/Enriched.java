package dev.millrace.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.EventCodec;
import dev.millrace.streams.Shop.OrderEnriched;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** What the shop's app wrote, as a reader of committed records sees it. */
final class Enriched {
  private Enriched() {}

  /** Reads until there are this many records, then until the end; fails where there are not that many in time. */
  static List<LogRecord> read(EventLog log, StreamName stream, int count, Duration atMost) {
    var records = new ArrayList<LogRecord>();
    var deadline = Instant.now().plus(atMost);
    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      while (records.size() < count && Instant.now().isBefore(deadline))
        records.addAll(reader.poll(Duration.ofMillis(200)).records());
      for (var rest = reader.poll(Duration.ofMillis(200)); !rest.records().isEmpty(); rest = reader
          .poll(Duration.ofMillis(200)))
        records.addAll(rest.records());
    }
    assertThat(records).as("records of %s", stream).hasSizeGreaterThanOrEqualTo(count);
    return records;
  }

  /** Every order once, with every line named and the country of its customer. */
  static void assertComplete(EventLog log, EventCodec codec, int orders, Duration atMost) {
    var stream = StreamName.of(OrderEnriched.TYPE.stream());
    var decoder = codec.decoder(List.of(OrderEnriched.TYPE));
    var byOrder = new TreeMap<String, Integer>();
    for (var record : read(log, stream, orders, atMost)) {
      var order = (OrderEnriched) decoder.decode(record.payload()).orElseThrow();
      byOrder.merge(order.orderId(), 1, Integer::sum);
      assertThat(order).isEqualTo(Orders.enriched(order.orderId()));
      assertThat(record.envelope().causationId()).hasValueSatisfying(
          cause -> assertThat(cause).startsWith(order.orderId() + "-"));
      assertThat(record.envelope().subject()).isEqualTo(order.orderId());
    }
    assertThat(byOrder.values()).as("how often each order was enriched").allMatch(times -> times == 1);
    assertThat(byOrder).hasSize(orders);
    assertThat(Objects.requireNonNull(byOrder.firstKey())).startsWith("O");
  }
}
