package dev.millrace.runtime;

import java.util.Map;

/**
 * What keeps a view as a part, with its rebuild. Waiting for a server is well: it goes on by itself when the server is back. So is
 * a view that asks for a rebuild: it is served as it is. One that has only been started is not: it may have no table yet.
 */
record ViewPart(Views.View view, Rebuilds rebuilds) implements Part {
  @Override
  public Kind kind() {
    return Kind.VIEW;
  }

  @Override
  public String name() {
    return view.name();
  }

  @Override
  public void start() {
    var _ = view.keeper().start();
    rebuilds.begin(view.name());
  }

  @Override
  public State state() {
    var health = view.keeper().health();
    boolean well = switch (health.state()) {
      case RUNNING, RETRYING, REBUILD_NEEDED -> true;
      case NEW, FAILED, STOPPED -> false;
    };
    return new State(well, health.message().isEmpty()
        ? Map.of("state", health.state().name())
        : Map.of("state", health.state().name(), "message", health.message()));
  }

  @Override
  public void close() {
    rebuilds.close(view.name());
    view.keeper().close();
  }
}
