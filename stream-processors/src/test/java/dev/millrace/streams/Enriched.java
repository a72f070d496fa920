package dev.millrace.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.EventCodec;
import dev.millrace.streams.Shop.OrderEnriched;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** The results of the shop's app, as a reader of committed records sees them. */
final class Enriched {
  private static final Duration MOMENT = Duration.ofMillis(200);

  private Enriched() {}

  /** Waits until the stream has this many records, then reads until no further one comes. */
  static List<LogRecord> read(EventLog log, StreamName stream, int count) {
    var records = new ArrayList<LogRecord>();
    try (var reader = log.reader(Set.of(stream), Cursor.start())) {
      await("records of " + stream).until(() -> {
        records.addAll(reader.poll(MOMENT).records());
        return records.size();
      }, size -> size >= count);
      for (var rest = reader.poll(MOMENT); !rest.records().isEmpty(); rest = reader
          .poll(MOMENT))
        records.addAll(rest.records());
    }
    return records;
  }

  /** Every order once, with every line named and the country of its customer. */
  static void assertComplete(EventLog log, EventCodec codec, int orders) {
    var stream = StreamName.of(OrderEnriched.TYPE.stream());
    var decoder = codec.decoder(List.of(OrderEnriched.TYPE));
    var byOrder = new TreeMap<String, Integer>();
    for (var record : read(log, stream, orders)) {
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
