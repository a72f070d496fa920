package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.view.Shop.CountryTotal;
import dev.millrace.view.Shop.Placed;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class ShiftTest {
  private static final Partition PARTITION = new Partition(StreamName.of("orders"), "0");

  private final Shop shop = Shop.on("orders");
  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());
  private final DataSource database = Servers.database();
  private final Projection<CountryTotal> totals = shop.countryTotals();

  private Shift<CountryTotal> shift(String owner) {
    Transaction.run(database, "opening",
        connection -> new Catalog(totals).open(connection, OptionalInt.empty()));
    return Shift.begin(new Work<>(totals, new Decoding<>(totals, codec), database, Clock.systemUTC(), owner),
        1);
  }

  private Batch batch(int position) {
    var placed = new Placed("1", "Norway", List.of(), new BigDecimal("1.000"), position);
    var envelope = Envelope.of("1", "/tests", "test.shop.Placed", Instant.EPOCH, "1");
    var at = Position.of(String.valueOf(position));
    return new Batch(List.of(new LogRecord(PARTITION, at, "1", Instant.EPOCH, () -> envelope,
        codec.encode(shop.placed(), placed))), Cursor.of(Map.of(PARTITION, at)));
  }

  private long orders() {
    return ReadModel.of(totals, database).get("Norway").map(CountryTotal::orders).orElse(0L);
  }

  @Test
  void the_database_refuses_the_transaction_of_an_owner_that_was_followed_by_another() {
    try (var former = shift("former"); var present = shift("present")) {
      assertThat(former.assigned(Set.of(PARTITION)).position(PARTITION)).isEmpty();
      assertThat(former.apply(batch(1))).isTrue();
      assertThat(present.assigned(Set.of(PARTITION)).position(PARTITION)).contains(Position.of("1"));

      assertThat(former.apply(batch(2))).isFalse();
      assertThat(orders()).isEqualTo(1);
      assertThat(present.apply(batch(2))).isTrue();
      assertThat(orders()).isEqualTo(2);
    }
  }

  @Test
  void a_batch_whose_commit_was_not_answered_is_not_written_twice() {
    try (var shift = shift("one"); var again = shift("two")) {
      shift.assigned(Set.of(PARTITION));
      assertThat(shift.apply(batch(1))).isTrue();
      Transaction.run(database, "a commit whose answer was lost", connection -> {
        try (var statement = connection.createStatement()) {
          return statement.executeUpdate("UPDATE millrace.checkpoint SET \"position\" = '2'");
        }
      });

      assertThat(shift.apply(batch(2))).isFalse();
      assertThat(orders()).isEqualTo(1);
      assertThat(again.assigned(Set.of(PARTITION)).position(PARTITION)).contains(Position.of("2"));
    }
  }

  @Test
  void records_of_a_partition_that_was_given_up_are_left_to_the_next_owner() {
    try (var shift = shift("one")) {
      shift.assigned(Set.of(PARTITION));
      shift.revoked(Set.of(PARTITION));

      assertThat(shift.apply(batch(1))).isTrue();
      assertThat(orders()).isZero();
    }
  }
}
