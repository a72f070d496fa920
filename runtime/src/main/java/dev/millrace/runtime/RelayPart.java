package dev.millrace.runtime;

import dev.millrace.connect.OutboxRelay;
import java.util.LinkedHashMap;

/** An outbox relay as a part. Retrying is well: it goes on by itself, and nothing is lost meanwhile. */
record RelayPart(OutboxRelay relay) implements Part {
  @Override
  public Kind kind() {
    return Kind.RELAY;
  }

  @Override
  public String name() {
    return relay.name();
  }

  @Override
  public void start() {
    var _ = relay.start();
  }

  @Override
  public State state() {
    var health = relay.health();
    var details = new LinkedHashMap<String, Object>();
    details.put("state", health.state().name());
    details.put("relayed", health.relayed());
    health.waiting().ifPresent(waiting -> details.put("waiting", waiting));
    health.lastError().ifPresent(error -> details.put("message", error));
    boolean well = switch (health.state()) {
      case STARTING, RELAYING, RETRYING -> true;
      case CLOSED -> false;
    };
    return new State(well, details);
  }

  @Override
  public void close() {
    relay.close();
  }
}
