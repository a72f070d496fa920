package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/** Sends what is in a {@link StreamQueue}, on a virtual thread of its own. Safe for use by many threads. */
final class StreamSender {
  private final String serviceName;
  private final KinesisAsyncClient client;
  private final Supplier<List<Shard>> shards;
  private final StreamQueue queue;
  private final long start = System.nanoTime();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed;
  private @Nullable Throwable defect;

  /** @param shards lists the stream's shards anew */
  StreamSender(String serviceName, KinesisAsyncClient client, Supplier<List<Shard>> shards,
      StreamQueue queue) {
    this.serviceName = serviceName;
    this.client = client;
    this.shards = shards;
    this.queue = queue;
  }

  void start() {
    Thread.ofVirtual().name("millrace-kinesis-" + serviceName).start(this::run);
  }

  /**
   * @throws IllegalStateException where it is closed
   * @throws LogException INTERNAL where it broke down before; the code of an earlier failure where the queue stops at one
   */
  void add(Outgoing entry) {
    lock.lock();
    try {
      if (defect != null)
        throw new LogException(LogException.Code.INTERNAL,
            "this writer broke down and takes no more: open another", defect);
      if (closed)
        throw new IllegalStateException("this writer is closed");
      queue.add(entry, now());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the outcome of all that was added before is certain. */
  void flush() {
    lock.lock();
    try {
      var last = queue.lastAdded();
      queue.hurry();
      changed.signalAll();
      while (defect == null && queue.settledUpTo() < last)
        changed.awaitUninterruptibly();
      queue.unhurry();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more, and ends the thread when nothing is left to send. */
  void close() {
    lock.lock();
    try {
      closed = true;
      queue.hurry();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    lock.lock();
    try {
      while (isWanted()) {
        var nanos = step();
        if (nanos > 0 && isWanted())
          nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      breakDown(e);
    } finally {
      lock.unlock();
    }
  }

  private boolean isWanted() {
    return defect == null && (!closed || queue.settledUpTo() < queue.lastAdded());
  }

  /** Nobody may wait for ever for what this program gets wrong. */
  private void breakDown(Throwable thrown) {
    defect = thrown;
    try {
      queue.abandon(thrown);
    } finally {
      changed.signalAll();
    }
  }

  /** Does what there is to do now; answers for how long there is nothing more, unless something changes. */
  private long step() {
    var now = now();
    queue.expire(now);
    changed.signalAll();
    if (queue.wantsShards(now))
      Thread.ofVirtual().name("millrace-kinesis-shards-" + serviceName).start(this::listShards);
    var call = queue.next(now);
    if (call.isPresent()) {
      unlocked(() -> send(call.get()));
      return 0;
    }
    return queue.wakeAt(now) - now;
  }

  /** Meanwhile what is not affected goes on. */
  private void listShards() {
    try {
      var listed = shards.get();
      settle(() -> queue.reshard(listed, now()));
    } catch (LogException _) {
      settle(() -> queue.shardsUnknown(now()));
    } catch (RuntimeException | Error e) {
      settle(() -> breakDown(e));
    }
  }

  private void send(PutCall call) {
    try {
      var request = PutRecordsRequest.builder().streamName(serviceName)
          .records(call.items().stream().map(PutCall.Item::request).toList()).build();
      var _ = client.putRecords(request)
          .whenComplete((response, failure) -> answered(call, response, failure));
    } catch (RuntimeException | Error e) {
      answered(call, null, e);
    }
  }

  private void answered(PutCall call, @Nullable PutRecordsResponse response,
      @Nullable Throwable failure) {
    settle(() -> {
      if (response != null)
        queue.answered(call, response.records(), now());
      else
        queue.failed(call, failure == null ? new IllegalStateException("no answer at all") : failure, now());
    });
  }

  /** On a thread of the client's, which would drop what is thrown. */
  private void settle(Runnable what) {
    lock.lock();
    try {
      if (defect == null)
        what.run();
      changed.signalAll();
    } catch (RuntimeException | Error e) {
      breakDown(e);
    } finally {
      lock.unlock();
    }
  }

  private void unlocked(Runnable work) {
    lock.unlock();
    try {
      work.run();
    } finally {
      lock.lock();
    }
  }

  private long now() {
    return System.nanoTime() - start;
  }
}
