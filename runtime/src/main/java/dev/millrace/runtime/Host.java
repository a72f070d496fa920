package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the parts while the server runs. What reads is started before what writes, so that nothing waits unread, and stopped
 * after it.
 */
@Singleton
final class Host implements ApplicationEventListener<ServerStartupEvent> {
  private static final Logger LOG = LoggerFactory.getLogger(Host.class);

  private final Parts given;
  private final EventLog log;
  private final Settings settings;
  private final List<Part> parts;
  private final Audits audits;
  private final Deque<Part> started = new ArrayDeque<>();

  @SuppressWarnings("UnusedVariable") // the metrics are made with the host, and live as long
  Host(Parts given, PartList parts, EventLog log, Settings settings, ViewMetrics metrics, Audits audits) {
    this.audits = audits;
    this.given = given;
    this.log = log;
    this.settings = settings;
    this.parts = parts.all().stream().sorted(Comparator.comparing(Part::kind)).toList();
  }

  List<Part> parts() {
    return parts;
  }

  @Override
  public void onApplicationEvent(ServerStartupEvent event) {
    start();
  }

  private synchronized void start() {
    if (settings.createStreams())
      given.streams().forEach(stream -> log.create(stream, settings.partitions()));
    else
      requireStreams();
    for (var part : parts) {
      try {
        part.start();
      } catch (RuntimeException e) {
        stop();
        throw new StartException(StartException.Code.PART,
            part.kind().text() + " " + part.name() + " did not start: " + e.getMessage(), e);
      }
      started.push(part);
    }
    audits.start();
  }

  private void requireStreams() {
    var there = log.streams();
    var missing = given.streams().stream().filter(stream -> !there.contains(stream))
        .map(stream -> "the stream " + stream + " is not there: create it, or set "
            + SettingsReader.CREATE_STREAMS
            + " (" + Settings.variable(SettingsReader.CREATE_STREAMS) + ") to true")
        .toList();
    if (!missing.isEmpty())
      throw new StartException(StartException.Code.CONFIGURATION, missing);
  }

  /** Stops in the other order. A part that does not stop well keeps none of the others from stopping. */
  @PreDestroy
  synchronized void stop() {
    audits.stop();
    while (!started.isEmpty()) {
      var part = started.pop();
      try {
        part.close();
      } catch (RuntimeException e) {
        LOG.warn("{} {} did not stop well", part.kind().text(), part.name(), e);
      }
    }
  }
}
