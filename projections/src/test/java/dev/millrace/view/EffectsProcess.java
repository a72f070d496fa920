package dev.millrace.view;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogRecord;
import dev.millrace.schema.EventCodec;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Keeps a view with an effect and switches its generations all the time, for a test that kills it. */
final class EffectsProcess {
  private EffectsProcess() {}

  /** The trails of the shop's orders, and in the table {@code effects} the number of each event that had its effect. */
  static Projection<Shop.OrderTrail> trails(Shop shop) {
    return Projection.named("order-trails")
        .of(Shop.OrderTrail.class, (String order) -> new Shop.OrderTrail(order, "", 0, 7))
        .on(shop.placed(), Shop.Placed::order, Shop.OrderTrail::then)
        .effect(shop.placed(), EffectsProcess::note)
        .build();
  }

  static void createTable(DataSource database) {
    Transaction.run(database, "creating effects", connection -> {
      try (var statement = connection.createStatement()) {
        return statement.execute("CREATE TABLE effects (nr bigserial, key text, number bigint UNIQUE)");
      }
    });
  }

  static void note(Shop.Placed placed, LogRecord record, Connection connection)
      throws SQLException {
    try (var statement = connection.prepareStatement("INSERT INTO effects (key, number) VALUES (?, ?)")) {
      statement.setString(1, record.key());
      statement.setLong(2, placed.number());
      statement.executeUpdate();
    }
  }

  /** Takes no arguments besides those of {@link ForkedStage}. */
  public static void main(String[] arguments) throws Exception {
    var stage = ForkedStage.of(arguments);
    var trails = trails(stage.shop);
    try (var log = TestedLog.CHOSEN.open(stage.database);
        var _ = Keeper.of(Runner.of(trails).log(log).codec(stage.codec).database(stage.database)).start()) {
      System.out.println("started");
      while (true)
        switchOver(trails, log, stage.codec, stage.database);
    }
  }

  private static void switchOver(Projection<?> trails, EventLog log, EventCodec codec,
      DataSource database) {
    var generations = new Generations(trails, log, database);
    try (var rebuild = Rebuild.of(trails).log(log).codec(codec).database(database).start()) {
      rebuild.awaitCaughtUp(Stage.DEADLINE);
      generations.promoteUnverified(rebuild.generation());
      System.out.println("promoted " + rebuild.generation());
    }
    System.out.println("rolled back to " + generations.rollbackInTime());
  }
}
