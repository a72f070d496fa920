package dev.millrace.view;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** What a view's events do elsewhere. */
final class Effects<R extends Record> extends InTurn<R> {
  private final Projection<R> projection;

  Effects(Projection<R> projection) {
    super("EFFECT_FAILED");
    this.projection = projection;
  }

  @Override
  Optional<Failure> run(Decoded.Changes<R> event, Connection connection, Connection lent)
      throws SQLException {
    for (var effect : projection.effects(event.event()))
      effect.on(event.event(), event.record(), lent);
    return Optional.empty();
  }

  @Override
  long grown(Connection connection) {
    return 0;
  }
}
