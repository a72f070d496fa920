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
  private boolean allOpen;

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
    openReadable(listed);
  }

  private void openReadable(Set<Shard> listed) {
    var names = listed.stream().map(Shard::partition).collect(Collectors.toSet());
    var known = from.with(open.cursor());
    for (var shard : Lineage.readable(listed, finished)) {
      var parents = shard.parents();
      if (open.partitions().contains(shard.partition()))
        continue;
      if (from.position(shard.partition()).isPresent() || parents.stream().anyMatch(names::contains))
        open.open(shard, from);
      else {
        parents.forEach(parent -> StartingPoint.requireBeginning(shard.partition(), parent, known));
        open.begin(shard);
      }
    }
    allOpen = true;
  }

  @Override
  public Batch poll(Duration atMost) {
    if (finished.addAll(open.ended()) || watch.hasChanged())
      allOpen = false;
    if (!allOpen)
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
