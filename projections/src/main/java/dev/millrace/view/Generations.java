package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DIFFERENT;
import static dev.millrace.view.ViewException.Code.REFUSED;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The generations of a view, and which of them its readers see. Each change is one transaction. Safe for use by many threads.
 *
 * <p>A generation becomes the live one only when it has read at least as far as the one that is: readers see no step back. So
 * both have to be kept, each by a {@link Runner} or a {@link Rebuild}. A switch and a comparison first wait, while both go on,
 * until the generation has read to where the live one was: 60 seconds at most, and 20 in which it comes no nearer. Then they hold
 * the one that is ahead until the other has read as far: 2 seconds at most. If that was too short, they do both again, and hold
 * for 4 seconds and at last for 8. A generation that has not come near is held once: nobody keeps it.
 */
public final class Generations {
  private static final Duration LOOK_EVERY = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration MOST_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STILL = Duration.ofMillis(500);
  /** How long the generation that is ahead is held, the first time and each time after. */
  private static final List<Duration> MEETINGS = List.of(Duration.ofSeconds(2), Duration.ofSeconds(4),
      Duration.ofSeconds(8));

  private final Projection<?> projection;
  private final EventLog log;
  private final DataSource database;
  private final Catalog catalog;

  /** The generations of a projection's view; asks nobody yet. */
  public Generations(Projection<?> projection, EventLog log, DataSource database) {
    this.projection = projection;
    this.log = log;
    this.database = database;
    this.catalog = new Catalog(projection);
  }

  /**
   * The generation that readers see.
   *
   * @throws ViewException UNKNOWN_VIEW where the view was never built
   */
  public int live() {
    return Transaction.run(database, "the live generation of " + projection.name(), catalog::live);
  }

  /** All generations there are, by their numbers; none where the view was never built. */
  public List<Generation> all() {
    return Transaction.run(database, "the generations of " + projection.name(), catalog::all);
  }

  /**
   * Compares a generation with the live one and, where they differ in nothing that is not declared, makes it the live one. One
   * that has never been kept has nothing to compare with.
   *
   * @throws ViewException DIFFERENT with what differs; REFUSED where it is not filled, or does not come as far as the live one;
   *     UNKNOWN_VIEW where there is no such generation
   */
  public void promote(int generation) {
    promote(generation, () -> compare(generation));
  }

  void promote(int generation, Supplier<Comparison> comparison) {
    if (isNothing(live())) {
      promoteUnverified(generation);
      return;
    }
    var found = comparison.get();
    if (!found.samePosition()) {
      throw new ViewException(REFUSED, "generations " + generation + " and " + live() + " of "
          + projection.name()
          + " were never at one position, and so were not compared: see that both are kept, and try again");
    }
    if (!found.asExpected()) {
      var first = found.examples().getFirst();
      throw new ViewException(DIFFERENT,
          "generation " + generation + " of " + projection.name() + " differs in "
              + found.unexpected() + " rows in what is not declared; the first is " + first.key() + " in "
              + String.join(", ", first.fields())
              + ": look at the comparison, and declare the change or mend the fold");
    }
    promoteUnverified(generation);
  }

  /** Whether a generation has never been kept: there is nothing in it to compare with. */
  private boolean isNothing(int generation) {
    return Transaction
        .run(database, "what generation " + generation + " of " + projection.name() + " has read",
            connection -> positions(connection, generation))
        .isEmpty();
  }

  /**
   * Makes a generation the live one, whatever its rows are.
   *
   * @throws ViewException REFUSED where it is not filled, or does not come as far as the live one; UNKNOWN_VIEW
   */
  public void promoteUnverified(int generation) {
    switchTo("promoting generation " + generation + " of " + projection.name(), _ -> generation);
  }

  /**
   * Makes the generation live again that was so before the last promotion, and answers its number.
   *
   * @throws ViewException REFUSED where there was none, or it was not kept and has not come as far as the live one
   */
  public int rollback() {
    return switchTo("rolling back " + projection.name(), catalog::previous);
  }

  /** Like {@link #rollback}, also where readers see what was so some time ago: better than what is wrong now. */
  public int rollbackInTime() {
    return Transaction.run(database, "rolling back " + projection.name(), connection -> {
      int generation = catalog.previous(connection);
      catalog.promote(connection, generation);
      return generation;
    });
  }

  private int switchTo(String doing, Transaction.Work<Integer> choice) {
    int generation = Transaction.run(database, doing, connection -> {
      int chosen = choice.on(connection);
      catalog.expectFilled(connection, chosen);
      return chosen;
    });
    if (generation == live())
      return generation;
    Set<Partition> late = Set.of();
    for (var atMost : MEETINGS) {
      boolean isNear = awaitNear(generation);
      late = switchAt(doing, generation, atMost);
      if (late.isEmpty())
        return generation;
      if (!isNear)
        break; // nobody keeps it
    }
    throw new ViewException(REFUSED, doing + ": it has not come as far as the live one in "
        + late.stream().map(Partition::toString).collect(Collectors.joining(", "))
        + ": see that it is kept by a runner, and try again");
  }

  /** Answers where it has not come as far as the live one in this time: nothing is changed then. */
  private Set<Partition> switchAt(String doing, int generation, Duration atMost) {
    try (var _ = Meeting.call(database, projection.name(), List.of(live(), generation), atMost)) {
      var level = awaitLevel(generation, atMost);
      return Transaction.run(database, doing, connection -> {
        catalog.hold(connection);
        var both = both(connection, generation);
        var late = behind(both);
        if (!late.isEmpty() && !both.equals(level))
          return late;
        catalog.promote(connection, generation);
        return Set.of();
      });
    }
  }

  /**
   * Waits, while nothing is held, until a generation has come to where the live one is now, or no nearer for some time.
   *
   * @return whether it has come there
   */
  private boolean awaitNear(int generation) {
    long begun = System.nanoTime();
    var goal = both(generation).getFirst();
    var still = new Stillness<Map<Partition, Position>>();
    do {
      var reached = both(generation).getLast();
      var behind = behind(List.of(goal, reached));
      var there = new HashMap<>(reached);
      there.keySet().retainAll(behind);
      if (behind.isEmpty() || (still.at(there) && isMissingNothing(List.of(goal, reached))))
        return true;
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    } while (!still.lasts(PATIENCE) && System.nanoTime() - begun < MOST_PATIENCE.toNanos());
    return false;
  }

  /**
   * Waits, at a meeting, until a generation is level with the live one, or the meeting's time is up.
   *
   * @return where both were when the first lacked nothing; empty where it always lacked something
   */
  private List<Map<Partition, Position>> awaitLevel(int generation, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    var still = new Stillness<List<Map<Partition, Position>>>();
    while (true) {
      var now = both(generation);
      boolean last = System.nanoTime() > deadline;
      if (behind(now).isEmpty() || ((last || still.at(now)) && isMissingNothing(now)))
        return now;
      if (last)
        return List.of();
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
  }

  /** The log is asked, which may take it some time, only where waiting has not helped: once for each place. */
  private static final class Stillness<P> {
    private @Nullable P place;
    private long since;
    private boolean told;

    /** True once, when this has been the place for a while. */
    boolean at(P now) {
      if (!now.equals(place)) {
        place = now;
        since = System.nanoTime();
        told = false;
      }
      boolean tell = !told && lasts(STILL);
      told |= tell;
      return tell;
    }

    /** Whether the last place has been the same for longer. */
    boolean lasts(Duration duration) {
      return System.nanoTime() - since > duration.toNanos();
    }
  }

  /** The partitions in which the second has another position than the first, and not a later one. */
  private static Set<Partition> behind(List<Map<Partition, Position>> both) {
    var behind = new TreeSet<Partition>();
    both.getFirst().forEach((partition, position) -> {
      var reached = both.getLast().get(partition);
      if (reached == null || reached.compareTo(position) < 0)
        behind.add(partition);
    });
    return behind;
  }

  /** Whether there is nothing that the second has not read where it is behind. Asks the log. */
  private boolean isMissingNothing(List<Map<Partition, Position>> both) {
    var behind = behind(both);
    if (isAtEnd(Cursor.of(both.getLast()), behind))
      return true;
    // What the log has no more, the other could not read; the comparison says what it lacks.
    return behind.stream().allMatch(partition -> !log.partitions(partition.stream()).contains(partition));
  }

  private Map<Partition, Position> positions(Connection connection, int generation) throws SQLException {
    return new Checkpoints(projection.name(), generation).read(connection);
  }

  /**
   * What somebody made from the table of a generation: views and their like, which have to go before it can be dropped.
   *
   * @throws ViewException UNKNOWN_VIEW where there is no such generation
   */
  public List<String> dependents(int generation) {
    return Transaction.run(database, "what depends on generation " + generation + " of " + projection.name(),
        connection -> catalog.dependents(connection, generation));
  }

  /** Gives up what a rollback would make live again, if it is this one: keepers let go of it within a second. */
  public void forgetPrevious(int generation) {
    Transaction.run(database, "forgetting generation " + generation + " of " + projection.name(),
        connection -> {
          catalog.forgetPrevious(connection, generation);
          return generation;
        });
  }

  /**
   * Takes a generation away, with its table, its checkpoints and what it has parked. Whoever keeps it has to be closed before.
   *
   * @throws ViewException REFUSED where it is the live one, or something was made from its table; UNKNOWN_VIEW where there is no
   *     such generation
   */
  public void drop(int generation) {
    var depend = dependents(generation);
    if (!depend.isEmpty() && generation != live()) {
      throw new ViewException(REFUSED, "generation " + generation + " of " + projection.name()
          + " is used by " + String.join(", ", depend) + ": drop or change them first");
    }
    Transaction.run(database, "dropping generation " + generation + " of " + projection.name(),
        connection -> catalog.drop(connection, generation)).map(Manifest::folder)
        .filter(folder -> !folder.isEmpty())
        .map(Path::of).ifPresent(Buckets::delete);
  }

  /**
   * Compares a generation with the live one at a position that both have read to: the one that is ahead is held there until the
   * comparison has begun, as for a switch. Takes a second connection of the database for a moment.
   *
   * @throws ViewException DEFINITION_CHANGED where their keys differ; UNKNOWN_VIEW
   */
  public Comparison compare(int generation) {
    requireKnown(generation);
    for (var atMost : MEETINGS) {
      boolean isNear = awaitNear(generation);
      var found = meet(generation, atMost);
      if (found.isPresent())
        return found.get();
      if (!isNear)
        break; // nobody keeps it
    }
    return compare(generation, true, () -> {}).orElseThrow();
  }

  private void requireKnown(int generation) {
    Transaction.run(database, "looking for generation " + generation + " of " + projection.name(),
        connection -> catalog
            .definition(connection, generation).orElseThrow(() -> catalog.unknown(generation)));
  }

  /** Empty where they have not come to one place in this time. */
  private Optional<Comparison> meet(int generation, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    try (var meeting = Meeting.call(database, projection.name(), List.of(live(), generation), atMost)) {
      var still = new Stillness<List<Map<Partition, Position>>>();
      while (System.nanoTime() < deadline) {
        var now = both(generation);
        if (now.getFirst().equals(now.getLast()) || still.at(now)) {
          var found = compare(generation, false, meeting::close);
          if (found.isPresent())
            return found;
        }
        LockSupport.parkNanos(LOOK_EVERY.toNanos());
      }
    }
    return Optional.empty();
  }

  /** How far the live generation has read, and the other. */
  private List<Map<Partition, Position>> both(int generation) {
    return Transaction.run(database, "how far the generations of " + projection.name() + " are",
        connection -> both(connection, generation));
  }

  private List<Map<Partition, Position>> both(Connection connection, int generation) throws SQLException {
    return List.of(positions(connection, catalog.live(connection)), positions(connection, generation));
  }

  /**
   * Empty where they are not at one place, and that matters.
   *
   * @param anyway whether it does not
   * @param begun is run when both are read as of one moment, before they are compared
   */
  private Optional<Comparison> compare(int generation, boolean anyway, Runnable begun) {
    return Transaction.run(database, "comparing the generations of " + projection.name(), connection -> {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ); // both as of one moment
      int live = catalog.live(connection);
      if (catalog.definition(connection, generation).isEmpty())
        throw catalog.unknown(generation);
      boolean same = isSamePlace(Cursor.of(positions(connection, live)),
          Cursor.of(positions(connection, generation)));
      if (!same && !anyway)
        return Optional.empty();
      begun.run();
      var rows = GenerationDiff.find(connection, projection, live, generation);
      return Optional.of(new Comparison(same, rows.live(), rows.rebuilt(), rows.different(),
          rows.unexpected(), rows.examples()));
    });
  }

  /**
   * Whether both have read the same records. A log has places that hold none, so that two positions may mean the same: they do
   * where the log, asked after both were read, has nothing after either.
   */
  private boolean isSamePlace(Cursor live, Cursor other) {
    var differ = new HashSet<Partition>();
    differ.addAll(live.positions().keySet());
    differ.addAll(other.positions().keySet());
    differ.removeIf(partition -> live.position(partition).equals(other.position(partition)));
    return differ.isEmpty() || (isAtEnd(live, differ) && isAtEnd(other, differ));
  }

  private boolean isAtEnd(Cursor cursor, Set<Partition> partitions) {
    var streams = partitions.stream().map(Partition::stream).collect(Collectors.toSet());
    var end = new HashMap<>(log.end(streams).positions());
    end.keySet().retainAll(partitions);
    return cursor.hasReached(Cursor.of(end));
  }
}
