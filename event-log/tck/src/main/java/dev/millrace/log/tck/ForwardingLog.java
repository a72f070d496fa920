package dev.millrace.log.tck;

import dev.millrace.log.BatchWriter;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A log that asks another for everything: a test takes it and breaks one thing, which the kit must find. Closes nothing. */
public abstract class ForwardingLog implements EventLog {
  private final EventLog sound;

  protected ForwardingLog(EventLog sound) {
    this.sound = sound;
  }

  @Override
  public void create(StreamName stream, int partitions) {
    sound.create(stream, partitions);
  }

  @Override
  public Set<StreamName> streams() {
    return sound.streams();
  }

  @Override
  public Set<Partition> partitions(StreamName stream) {
    return sound.partitions(stream);
  }

  @Override
  public Set<Partition> parents(Partition partition) {
    return sound.parents(partition);
  }

  @Override
  public Cursor end(Set<StreamName> streams) {
    return sound.end(streams);
  }

  @Override
  public Cursor at(Set<StreamName> streams, Instant time) {
    return sound.at(streams, time);
  }

  @Override
  public Map<Partition, Long> lags(Set<StreamName> streams, Cursor cursor) {
    return sound.lags(streams, cursor);
  }

  @Override
  public Optional<Duration> behind(Set<StreamName> streams, Cursor cursor) {
    return sound.behind(streams, cursor);
  }

  @Override
  public boolean repeats() {
    return sound.repeats();
  }

  @Override
  public LogWriter writer() {
    return sound.writer();
  }

  @Override
  public BatchWriter batchWriter(String name) {
    return sound.batchWriter(name);
  }

  @Override
  public LogReader reader(Set<StreamName> streams, Cursor from) {
    return sound.reader(streams, from);
  }

  @Override
  public LogReader reader(Set<StreamName> streams, String group, Ownership ownership) {
    return sound.reader(streams, group, ownership);
  }

  @Override
  public void close() {}
}
