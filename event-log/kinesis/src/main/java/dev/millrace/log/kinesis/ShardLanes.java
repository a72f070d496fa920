package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import dev.millrace.log.Partition;
import dev.millrace.log.StreamName;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The lanes of a stream's open shards, and which keys are ready to go in each. Owned by one thread at a time. */
final class ShardLanes {
  private final StreamName stream;
  private final RandomGenerator random;
  /** By the first hash key of each. */
  private final TreeMap<BigInteger, ShardLane> lanes = new TreeMap<>();
  private final Map<Partition, Shard> shards = new HashMap<>();

  ShardLanes(StreamName stream, List<Shard> shards, RandomGenerator random) {
    this.stream = stream;
    this.random = random;
    lay(shards);
  }

  /**
   * These are the shards now, closed ones included. A shard that was there before keeps its pace, and keys that are ready go
   * to where they belong.
   *
   * @throws LogException UNREACHABLE where none of them is open; then all is as it was
   */
  void lay(List<Shard> now) {
    if (now.stream().noneMatch(Shard::isOpen))
      throw new LogException(LogException.Code.UNREACHABLE,
          "the stream " + stream + " has no open shard for now: is it being deleted? It may be tried again.");
    var ready = new ArrayList<KeyQueue>();
    var paces = new HashMap<Partition, ShardPace>();
    for (var lane : lanes.values()) {
      ready.addAll(lane.ready());
      paces.put(lane.shard().partition(), lane.pace());
    }
    lanes.clear();
    shards.clear();
    for (var shard : now) {
      shards.put(shard.partition(), shard);
      if (shard.isOpen())
        lanes.put(shard.firstHash(), new ShardLane(shard,
            paces.getOrDefault(shard.partition(), new ShardPace(random))));
    }
    ready.forEach(this::ready);
  }

  /** The shard of this name, as it was last listed. */
  Optional<Shard> shard(Partition partition) {
    return Optional.ofNullable(shards.get(partition));
  }

  Collection<ShardLane> all() {
    return lanes.values();
  }

  /** The key has entries waiting and no attempt in flight. */
  void ready(KeyQueue key) {
    of(key).ready().add(key);
  }

  /** The key has no entries any more. */
  void remove(KeyQueue key) {
    of(key).ready().remove(key);
  }

  int readyKeys() {
    return lanes.values().stream().mapToInt(lane -> lane.ready().size()).sum();
  }

  void clear() {
    lanes.values().forEach(lane -> lane.ready().clear());
  }

  /** Between the open shards there are gaps for as long as the service takes for a split: the next lower one stands in. */
  private ShardLane of(KeyQueue key) {
    var lane = lanes.floorEntry(key.hashKey());
    return lane == null ? lanes.firstEntry().getValue() : lane.getValue();
  }
}
