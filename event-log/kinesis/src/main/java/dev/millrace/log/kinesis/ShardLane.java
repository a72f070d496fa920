package dev.millrace.log.kinesis;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is about to go into one shard: its keys that have entries waiting and no attempt in flight, and how fast they may go.
 *
 * @param ready the keys, each once
 */
record ShardLane(Shard shard, ShardPace pace, Deque<KeyQueue> ready) {
  ShardLane(Shard shard, ShardPace pace) {
    this(shard, pace, new ArrayDeque<>());
  }

  /** When the first of what is ready may go. */
  long nextRoomAt(long now) {
    return pace.nextRoomAt(headBytes(), now);
  }

  /** What the service counts of the first of what is ready. */
  int headBytes() {
    return ready.getFirst().waiting().getFirst().bytes();
  }
}
