package dev.millrace.log.kinesis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes from the lanes what one call may bring, and holds its keys. */
final class CallBuilder {
  /** Small enough that a refused aggregate is no great loss, and several of the 25 KB that the service counts in. */
  static final int AGGREGATE_BYTES = 100 * 1024;

  private final KinesisLogConfig config;
  private int turn;

  CallBuilder(KinesisLogConfig config) {
    this.config = config;
  }

  /** A call of what may go now; empty where nothing may. The lanes take turns at being first. */
  Optional<PutCall> build(List<ShardLane> lanes, long now) {
    var items = new ArrayList<PutCall.Item>();
    var room = config.maxCallBytes();
    turn++;
    for (var i = 0; i < lanes.size() && items.size() < config.maxCallRecords(); i++)
      room -= take(lanes.get(Math.floorMod(turn + i, lanes.size())), items, room, now);
    return items.isEmpty() ? Optional.empty() : Optional.of(new PutCall(items));
  }

  /** How many bytes were taken. */
  private int take(ShardLane lane, List<PutCall.Item> items, int callRoom, long now) {
    var taken = 0;
    while (items.size() < config.maxCallRecords() && !lane.ready().isEmpty()) {
      var room = Math.min(callRoom - taken, lane.pace().room(now));
      var aggregation = aggregation(lane, room);
      var bytes = aggregation.entries().size() > 1 ? aggregation.bytes() : lane.headBytes();
      if (bytes > room)
        break;
      items.add(aggregation.entries().size() > 1
          ? PutCall.Item.of(lane, aggregation)
          : PutCall.Item.of(lane, lane.ready().getFirst().waiting().getFirst()));
      hold(lane, items.getLast());
      lane.pace().sent(bytes, now);
      taken += bytes;
    }
    return taken;
  }

  /**
   * What may share a record: whole keys as they are ready, and of the last one as much as fits. Not one that is in this lane
   * only as its own shard is not listed yet: readers drop what an aggregate brings to a shard that does not hold it.
   */
  private KplAggregation aggregation(ShardLane lane, int room) {
    var aggregation = new KplAggregation(
        config.aggregation() ? Math.min(room, Math.min(AGGREGATE_BYTES, config.maxRecordBytes())) : 0);
    for (var key : lane.ready()) {
      if (!lane.shard().holds(key.hashKey()))
        return aggregation;
      for (var entry : key.waiting()) {
        if (entry.isAlone() || !aggregation.add(entry))
          return aggregation;
      }
    }
    return aggregation;
  }

  private static void hold(ShardLane lane, PutCall.Item item) {
    var left = item.entries().size();
    while (left > 0) {
      var key = lane.ready().removeFirst();
      key.hold();
      for (; left > 0 && !key.waiting().isEmpty() && isNext(key, item, left); left--)
        key.waiting().removeFirst();
    }
  }

  private static boolean isNext(KeyQueue key, PutCall.Item item, int left) {
    return key.waiting().getFirst().equals(item.entries().get(item.entries().size() - left));
  }
}
