package dev.millrace.log.kinesis;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How much a writer may hold that is not acknowledged yet. Safe for use by many threads. */
final class BufferRoom {
  /** What an entry takes beside its bytes, roughly. */
  private static final int ENTRY_BYTES = 400;

  /** Held by the one who is next, while it waits: the others stand behind it, however little they want. */
  private final ReentrantLock turn = new ReentrantLock(true);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final long capacity;
  private long free;

  BufferRoom(long capacity) {
    this.capacity = capacity;
    this.free = capacity;
  }

  /** Waits until there is room for so many bytes, and takes it. First come, first served. */
  void take(int bytes) throws InterruptedException {
    turn.lockInterruptibly();
    try {
      takeNext(bytes);
    } finally {
      turn.unlock();
    }
  }

  private void takeNext(int bytes) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (free < wanted(bytes))
        freed.await();
      free -= wanted(bytes);
    } finally {
      lock.unlock();
    }
  }

  void give(int bytes) {
    lock.lock();
    try {
      free += wanted(bytes);
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long wanted(int bytes) {
    return Math.min(capacity, (long) bytes + ENTRY_BYTES);
  }
}
