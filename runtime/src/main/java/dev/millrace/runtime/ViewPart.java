package dev.millrace.runtime;

import java.util.Map;

/** A view's runner as a part. Waiting for a server is well: it goes on by itself when the server is back. */
record ViewPart(Views.View view) implements Part {
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
    var _ = view.runner().start();
  }

  @Override
  public State state() {
    var health = view.runner().health();
    boolean well = switch (health.state()) {
      case NEW, RUNNING, RETRYING -> true;
      case FAILED, STOPPED -> false;
    };
    return new State(well, health.message().isEmpty()
        ? Map.of("state", health.state().name())
        : Map.of("state", health.state().name(), "message", health.message()));
  }

  @Override
  public void close() {
    view.runner().close();
  }
}
