package dev.millrace.runtime;

import dev.millrace.streams.StreamHealth;
import dev.millrace.streams.StreamHost;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A stream app in its host. Restoring, rebalancing and retrying are well: it goes on by itself. */
final class AppPart implements Part {
  private final String name;
  private final Supplier<StreamHost> starter;
  private volatile @Nullable StreamHost host;

  AppPart(String name, Supplier<StreamHost> starter) {
    this.name = name;
    this.starter = starter;
  }

  @Override
  public Kind kind() {
    return Kind.APP;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    host = starter.get();
  }

  @Override
  public State state() {
    var running = host;
    if (running == null)
      return new State(true, Map.of("state", "CREATED"));
    var health = running.health();
    var details = new LinkedHashMap<String, Object>();
    details.put("state", health.state().name());
    details.put("deadLetters", health.deadLetters());
    if (health.restoring() > 0)
      details.put("restoring", health.restoring());
    health.failure().ifPresent(failure -> details.put("message", failure));
    return new State(health.live() && health.state() != StreamHealth.State.STOPPED, details);
  }

  @Override
  public void close() {
    var running = host;
    if (running != null)
      running.close();
  }
}
