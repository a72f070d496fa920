package dev.millrace.log.kinesis;

import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists the shards of streams from time to time, without holding up who asks. Owned by one thread. */
final class ShardWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ShardWatch.class);

  private final Set<StreamName> streams;
  private final ShardDirectory directory;
  private final Duration pause;
  private Set<Shard> seen = new HashSet<>();
  private @Nullable CompletableFuture<Void> look;
  private long lookedAt = System.nanoTime();

  ShardWatch(Set<StreamName> streams, ShardDirectory directory, Duration pause) {
    this.streams = Set.copyOf(streams);
    this.directory = directory;
    this.pause = pause;
  }

  /** The shards as they were listed now. @throws dev.millrace.log.LogException UNKNOWN_STREAM where a stream is not there */
  Set<Shard> listed() {
    streams.forEach(directory::refresh);
    return known();
  }

  /** The shards as they were last listed, by whomever. */
  Set<Shard> known() {
    seen = current();
    return Set.copyOf(seen);
  }

  private Set<Shard> current() {
    var shards = new HashSet<Shard>();
    streams.forEach(stream -> shards.addAll(directory.shards(stream)));
    return shards;
  }

  /** Whether there are others than {@link #known} answered last. Looks for them in the background when it is time. */
  boolean hasChanged() {
    var looking = look;
    if (looking == null) {
      if (System.nanoTime() - lookedAt >= pause.toNanos())
        look = CompletableFuture.runAsync(() -> streams.forEach(directory::refresh),
            task -> Thread.ofVirtual().name("list shards").start(task));
      return false;
    }
    if (!looking.isDone())
      return false;
    look = null;
    lookedAt = System.nanoTime();
    // Where the question failed it is asked again, and that the service does not answer shows in the poll.
    if (looking.isCompletedExceptionally()) {
      LOG.debug("could not list the shards of {}: {}", streams, looking.exceptionNow().getMessage());
      return false;
    }
    return !current().equals(seen);
  }
}
