package dev.millrace.log.kinesis;

import dev.millrace.log.Batch;
import dev.millrace.log.Cursor;
import dev.millrace.log.LogReader;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The reader of all shards of its streams. A shard that came of a split or a merge is opened when the end of all that it
 * came of was polled, so that no record of it is polled before the last of theirs.
 */
final class KinesisLogReader implements LogReader {
  private final Cursor from;
  private final ShardWatch watch;
  private final OpenShards open;
  private final Set<Partition> finished = new HashSet<>();

  KinesisLogReader(Set<StreamName> streams, Cursor from, ShardWatch watch, OpenShards open) {
    this.from = from;
    this.watch = watch;
    this.open = open;
    var listed = watch.listed();
    var names = listed.stream().map(Shard::partition).collect(Collectors.toSet());
    from.positions().forEach((partition, position) -> {
      if (!streams.contains(partition.stream()))
        return;
      var place = StartingPoint.place(partition, position);
      if (place.isEnd()) {
        finished.add(partition);
        open.finish(partition, position);
      } else if (!names.contains(partition))
        throw StartingPoint.expired(partition, place, "the stream has no such shard any more");
    });
    for (var shard : listed) {
      if (from.position(shard.partition()).isEmpty() && shard.parents().stream().noneMatch(names::contains))
        shard.parents().forEach(parent -> StartingPoint.requireBeginning(shard.partition(), parent, from));
    }
    openReadable(listed);
  }

  private void openReadable(Set<Shard> listed) {
    for (var shard : Lineage.readable(listed, finished)) {
      if (!open.partitions().contains(shard.partition()))
        open.open(shard, from);
    }
  }

  @Override
  public Batch poll(Duration atMost) {
    var ended = open.ended();
    if (finished.addAll(ended) || watch.hasChanged())
      openReadable(watch.known());
    return open.poll(atMost);
  }

  @Override
  public Cursor cursor() {
    return open.cursor();
  }

  @Override
  public void wakeup() {
    open.wakeup();
  }

  @Override
  public void close() {
    open.close();
  }
}
