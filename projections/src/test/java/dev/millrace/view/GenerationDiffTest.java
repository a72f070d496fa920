package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.dev.SharedServers;
import dev.millrace.test.Randomized;
import dev.millrace.view.Shop.OrderTrail;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** {@code -Dmillrace.test.rounds=10000000} for as many rows as are promised. */
class GenerationDiffTest {
  private static final int ROWS = Randomized.rounds(20_000, 200_000);

  private final Projection<OrderTrail> trails = Shop.on("orders").orderTrails();

  @Test
  void one_wrong_row_among_many_is_found_with_its_key_and_field() {
    var database = SharedServers.createDatabase();
    int wrong = 1 + Randomized.random().nextInt(ROWS);
    Transaction.run(database, "two generations", connection -> {
      var catalog = new Catalog(trails);
      int live = catalog.open(connection, OptionalInt.empty()).generation();
      int other = catalog.add(connection, Manifest.NEW);
      fill(connection, live, "ORDER BY i");
      fill(connection, other, "ORDER BY i DESC");
      execute(connection, "CREATE UNIQUE INDEX ON " + trails.sqlTable(other) + " (\"order\")");
      return other;
    });

    var same = Transaction.run(database, "comparing",
        connection -> GenerationDiff.find(connection, trails, 1, 2));
    Transaction.run(database, "a wrong row", connection -> execute(connection, "UPDATE " + trails.sqlTable(2)
        + " SET trail = trail + 1 WHERE \"order\" = 'order-" + wrong + "'"));
    long begun = System.nanoTime();
    var found = Transaction.run(database, "comparing",
        connection -> GenerationDiff.find(connection, trails, 1, 2));
    System.out.printf("one wrong row of %,d was found in %,d ms%n", ROWS,
        (System.nanoTime() - begun) / 1_000_000);

    assertThat(same.different()).isZero();
    assertThat(found.live()).isEqualTo(ROWS);
    assertThat(found.rebuilt()).isEqualTo(ROWS);
    assertThat(found.different()).as(Randomized.repeat()).isEqualTo(1);
    assertThat(found.examples()).singleElement().satisfies(row -> {
      assertThat(row.key()).as(Randomized.repeat()).containsEntry("order", "order-" + wrong);
      assertThat(row.fields()).containsExactly("trail");
    });
  }

  private void fill(Connection connection, int generation, String order) throws SQLException {
    execute(connection, "INSERT INTO " + trails.sqlTable(generation)
        + " SELECT 'order-' || i, 'country-' || i % 40, i % 100, i * 31 FROM generate_series(1, " + ROWS
        + ") AS i "
        + order);
  }

  private static boolean execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }
}
