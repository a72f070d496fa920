package dev.millrace.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Promotes a generation of the trails that {@link EffectsProcess} has, up to a step at which a test kills it. */
final class PromotionProcess {
  static final String AT_THE_STEP = "at the step";
  static final String PROMOTED = "promoted";

  private PromotionProcess() {}

  /**
   * The arguments are the database, the stream, the generation and the step: before the first commit that changes something is 1, after
   * it is 2, before the next one 3. Where nothing is changed there is nothing to be cut off in the middle of.
   */
  public static void main(String[] arguments) {
    int last = Integer.parseInt(arguments[3]);
    var real = Forked.database(arguments[0]);
    var database = new FaultyDatabase(real);
    var steps = new AtomicInteger();
    var writes = new AtomicBoolean();
    database.look = connection -> writes.set(hasWritten(connection));
    FaultyDatabase.Moment moment = () -> {
      if (writes.get() && steps.incrementAndGet() == last) {
        System.out.println(AT_THE_STEP);
        awaitDeath();
      }
    };
    database.beforeCommit = moment;
    database.afterCommit = moment;
    try (var log = TestedLog.CHOSEN.open(real)) {
      new Generations(EffectsProcess.trails(Shop.on(arguments[1])), log, database.dataSource())
          .promote(Integer.parseInt(arguments[2]));
    }
    System.out.println(PROMOTED);
  }

  private static boolean hasWritten(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static void awaitDeath() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
