package dev.millrace.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Promotes a generation of the trails that {@link EffectsProcess} has, up to a step at which a test kills it. */
final class PromotionProcess {
  static final String AT_THE_STEP = "at the step";
  static final String PROMOTED = "promoted";

  private PromotionProcess() {}

  /**
   * The arguments, besides those of {@link ForkedStage}, are the generation and the step: step 1 is before the first commit that
   * changes something, step 2 after it, step 3 before the next one. A commit that changes nothing is no step.
   */
  public static void main(String[] arguments) {
    var stage = ForkedStage.of(arguments);
    int generation = Integer.parseInt(stage.arguments.get(0));
    int last = Integer.parseInt(stage.arguments.get(1));
    var database = new FaultyDatabase(stage.database);
    var steps = new AtomicInteger();
    var writes = new AtomicBoolean();
    database.look = connection -> writes.set(hasWritten(connection));
    FaultyDatabase.Moment moment = () -> {
      if (writes.get() && steps.incrementAndGet() == last) {
        System.out.println(AT_THE_STEP);
        ForkedStage.awaitDeath();
      }
    };
    database.beforeCommit = moment;
    database.afterCommit = moment;
    try (var log = TestedLog.CHOSEN.open(stage.database)) {
      new Generations(EffectsProcess.trails(stage.shop), log, database.dataSource()).promote(generation);
    }
    System.out.println(PROMOTED);
    ForkedStage.awaitDeath();
  }

  private static boolean hasWritten(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
