package dev.millrace.runtime;

import dev.millrace.connect.OutboxRelay;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.streams.StreamApp;
import dev.millrace.view.Projection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What a runtime hosts.
 *
 * @param relays make a relay into the runtime's log, which is not there yet
 */
record Parts(List<Projection<?>> projections, List<App> apps, List<Function<EventLog, OutboxRelay>> relays) {
  /**
   * A stream app.
   *
   * @param lock the text that its topology is held against; empty where it is held against none
   */
  record App(StreamApp app, String lock) {}

  Parts {
    projections = List.copyOf(projections);
    apps = List.copyOf(apps);
    relays = List.copyOf(relays);
  }

  /** The streams that are read or written; each has to be there before anything reads it. */
  Set<StreamName> streams() {
    var streams = new TreeSet<StreamName>();
    projections.forEach(projection -> streams.addAll(projection.streams()));
    for (var app : apps) {
      streams.addAll(app.app().sources());
      streams.addAll(app.app().sinks());
    }
    return streams;
  }
}
