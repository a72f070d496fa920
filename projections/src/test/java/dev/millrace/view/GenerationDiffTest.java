package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.view.Shop.OrderTrail;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code -Ddiff.rows=10000000} for as many as are promised; the same again with {@code -Dmillrace.seed=…}. */
class GenerationDiffTest {
  private static final int ROWS = Integer.getInteger("diff.rows", 200_000);
  private static final long SEED = Long.getLong("millrace.seed", System.nanoTime());

  private final Projection<OrderTrail> trails = Shop.on("orders").orderTrails();

  @Test
  void one_wrong_row_among_many_is_found_with_its_key_and_field() {
    var database = Servers.database();
    int wrong = 1 + new Random(SEED).nextInt(ROWS);
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
    assertThat(found.different()).as("seed %d", SEED).isEqualTo(1);
    assertThat(found.examples()).singleElement().satisfies(row -> {
      assertThat(row.key()).as("seed %d", SEED).containsEntry("order", "order-" + wrong);
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
