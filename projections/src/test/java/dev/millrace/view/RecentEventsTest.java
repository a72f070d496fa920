package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.millrace.log.Partition;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of events in partitions that come of others, and in those that are gone. */
@OnTestedLog
class RecentEventsTest {
  private static final int OFTEN = 40;
  private static final String INSERT = """
      INSERT INTO millrace.recent_events (view, generation, stream, "partition", counted, digests)
      SELECT ?, ?, ?, ?, 1, decode(repeat('00', 16), 'hex')
      """;

  private final Stage stage = new Stage(2);
  private final Projection<Shop.CountryTotal> totals = stage.shop.countryTotals();

  @BeforeEach
  void open() {
    Transaction.run(stage.database, "opening",
        connection -> new Catalog(totals).open(connection, OptionalInt.empty()));
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private Partition partition(String id) {
    return new Partition(stage.stream, id);
  }

  @Test
  void each_ancestor_is_read_once_however_many_ways_lead_to_it() {
    var lineage = new HashMap<Partition, Set<Partition>>();
    for (var i = 0; i < OFTEN; i++) {
      lineage.put(partition("merged-" + (i + 1)), Set.of(partition("left-" + i), partition("right-" + i)));
      lineage.put(partition("left-" + i), Set.of(partition("merged-" + i)));
      lineage.put(partition("right-" + i), Set.of(partition("merged-" + i)));
    }
    var recent = new RecentEvents(stage.log, totals.name(), 1);

    assertTimeoutPreemptively(Stage.DEADLINE,
        () -> Transaction.run(stage.database, "loading", connection -> {
          recent.load(connection, Set.of(partition("merged-" + OFTEN)), lineage);
          return true;
        }));
  }

  @Test
  void what_is_known_of_partitions_that_the_log_lists_no_more_goes_when_others_are_taken() {
    var listed = stage.log.partitions(stage.stream).stream().sorted().toList();
    save(1, listed.getFirst());
    save(1, listed.getLast());
    save(1, partition("gone"));
    save(2, partition("gone"));
    var work = new Work<>(totals, stage.log, new Decoding<>(totals, stage.codec), stage.database,
        Clock.systemUTC(), "one", ParkingLimit.DEFAULT);

    try (var shift = Shift.begin(work, 1)) {
      shift.assigned(Set.of(listed.getFirst()));
    }

    var kept = List.of("1 " + listed.getFirst().id(), "1 " + listed.getLast().id(), "2 gone");
    assertThat(stage.strings("SELECT generation || ' ' || \"partition\" FROM millrace.recent_events"))
        .containsAll(kept).hasSize(stage.log.repeats() ? 3 : 4);
  }

  private void save(int generation, Partition partition) {
    Transaction.run(stage.database, "saving", connection -> {
      try (var statement = connection.prepareStatement(INSERT)) {
        statement.setString(1, totals.name());
        statement.setInt(2, generation);
        statement.setString(3, partition.stream().value());
        statement.setString(4, partition.id());
        return statement.executeUpdate();
      }
    });
  }
}
