package dev.millrace.view;

import dev.millrace.view.RebuildProgress.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What of a rebuild is done, as the generation's row in the catalog has it: written in the transactions that do it, so that who
 * comes after a crash goes on from here. A generation without one is nobody's to fill.
 *
 * @param throwaway whether nobody is to keep it: it is dropped by who made it
 * @param phase FOLDING while the log is read: the table has the rows of all keys that are not in a bucket as of the
 *     checkpoints; COPYING while buckets are folded in turn; FOLLOWING once a runner may keep the generation
 * @param records how many records were read
 * @param rows how many rows the table has
 * @param bytes how many bytes of payload were read
 * @param inOrder why a runner takes all of the history; empty where it does not
 * @param folder where the buckets are, on the machine that made them; empty where there are none
 * @param files the buckets' files, and how long each is: what stands behind is not done
 * @param folded the buckets whose rows are in the table
 */
record Manifest(boolean throwaway, Phase phase, long records, long rows, long bytes, String inOrder,
    String folder,
    Map<String, Long> files, Set<Integer> folded) {
  static final Manifest THROWAWAY = new Manifest(true, Phase.FOLDING, 0, 0, 0, "", "", Map.of(), Set.of());
  static final Manifest NEW = new Manifest(false, Phase.FOLDING, 0, 0, 0, "", "", Map.of(), Set.of());

  Manifest {
    files = Map.copyOf(files);
    folded = Set.copyOf(folded);
  }

  /** As nothing is done yet. */
  Manifest anew() {
    return new Manifest(throwaway, Phase.FOLDING, 0, 0, 0, "", "", Map.of(), Set.of());
  }

  /** The bucket is folded as well, into so many rows. */
  Manifest folded(int bucket, long more) {
    SortedSet<Integer> done = new TreeSet<>(folded);
    done.add(bucket);
    return new Manifest(throwaway, phase, records, rows + more, bytes, inOrder, folder, files, done);
  }

  /** All rows are written: a runner may go on. */
  Manifest filled() {
    return new Manifest(throwaway, Phase.FOLLOWING, records, rows, bytes, inOrder, folder, Map.of(),
        Set.of());
  }

  /** The runner takes it all, for this reason. */
  Manifest inOrder(String why) {
    return new Manifest(throwaway, Phase.FOLLOWING, 0, 0, 0, why, folder, Map.of(), Set.of());
  }

  /** The manifest of a generation; empty where nobody fills it. */
  static Optional<Manifest> read(Connection connection, String view, int generation) throws SQLException {
    try (var statement = connection.prepareStatement(
        "SELECT filling::text FROM millrace.generation WHERE view = ? AND generation = ?")) {
      statement.setString(1, view);
      statement.setInt(2, generation);
      try (var rows = statement.executeQuery()) {
        if (!rows.next() || rows.getString(1) == null)
          return Optional.empty();
        return Optional.of((Manifest) Json.read(rows.getString(1), Json.type(Manifest.class)));
      }
    }
  }

  void write(Connection connection, String view, int generation) throws SQLException {
    try (var statement = connection.prepareStatement(
        "UPDATE millrace.generation SET filling = ?::jsonb WHERE view = ? AND generation = ?")) {
      statement.setString(1, Json.write(this));
      statement.setString(2, view);
      statement.setInt(3, generation);
      statement.executeUpdate();
    }
  }
}
