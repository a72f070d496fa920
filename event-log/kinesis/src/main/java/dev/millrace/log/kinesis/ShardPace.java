package dev.millrace.log.kinesis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/**
 * How fast records may go into one shard. Never more than the service takes in any one second, 1,000 records and 1 MiB; a
 * burst may take the whole second at once. Where the service refuses some although that is kept, as other producers have
 * their part, only a share of it, and evenly: the share falls by a fifth with each refusal and grows again by a tenth of the
 * whole a second. After a refusal the shard is left alone for a while, which doubles as long as nothing at all passes. Times
 * are nanoseconds of one clock. Owned by one thread at a time.
 */
final class ShardPace {
  static final int RECORDS = 1_000;
  static final int BYTES = 1024 * 1024;
  static final long SECOND = 1_000_000_000;

  private static final double SMALLEST_SHARE = 0.05;
  private static final double FALL = 0.8;
  private static final double GROWTH = 0.1;
  private static final long BETWEEN_FALLS = SECOND / 4;
  /** How far what was sent may be ahead of its share. */
  private static final long BURST = SECOND / 20;
  private static final long FIRST_PAUSE = SECOND / 100;
  private static final int MOST_DOUBLINGS = 6;
  /** A shard that is busy takes some all the time, and the share sees to it that it is not asked for too much. */
  private static final int MOST_DOUBLINGS_THROTTLED = 3;

  private final RandomGenerator random;
  private final Deque<Sent> window = new ArrayDeque<>();
  private long windowBytes;
  private double share = 1;
  private long shareUsedUntil;
  private long fellAt = -SECOND;
  private long grewAt;
  private long pausedUntil;
  private int refusals;

  /** A record that still counts. */
  private record Sent(long until, int bytes) {}

  ShardPace(RandomGenerator random) {
    this.random = random;
  }

  /** The bytes that the next record may have if it is sent now; 0 where none may. Any at all after a second of silence. */
  int room(long now) {
    forget(now);
    if (now < pausedUntil || now < shareUsedUntil - BURST)
      return 0;
    if (window.isEmpty())
      return Integer.MAX_VALUE;
    return window.size() == RECORDS ? 0 : (int) Math.max(0, BYTES - windowBytes);
  }

  /** When there is room for a record of so many bytes, or at least more than now. */
  long nextRoomAt(int bytes, long now) {
    if (bytes <= room(now))
      return now;
    var next = Math.max(pausedUntil, shareUsedUntil - BURST);
    return next > now ? next : window.getFirst().until;
  }

  /** A record that is larger than a second takes counts for as long as it fills. */
  void sent(int bytes, long now) {
    window.add(new Sent(now + Math.max(SECOND, bytes * SECOND / BYTES), bytes));
    windowBytes += bytes;
    if (share < 1)
      shareUsedUntil = Math.max(shareUsedUntil, now)
          + (long) (Math.max(SECOND / RECORDS, bytes * SECOND / BYTES) / share);
  }

  /** All of a call's records for this shard were taken. */
  void passed(long now) {
    refusals = 0;
    var since = Math.max(grewAt, fellAt);
    share = Math.min(1, share + GROWTH * (now - since) / SECOND);
    grewAt = now;
  }

  /**
   * The service did not take some of a call's records for this shard, or did not answer.
   *
   * @param throttled whether the shard gets more than it takes
   * @param all whether it took none at all
   */
  void refused(boolean throttled, boolean all, long now) {
    refusals = all ? refusals + 1 : 1;
    var most = throttled ? MOST_DOUBLINGS_THROTTLED : MOST_DOUBLINGS;
    var pause = FIRST_PAUSE << Math.min(refusals - 1, most);
    pausedUntil = Math.max(pausedUntil, now + pause / 2 + random.nextLong(pause / 2));
    if (throttled && now - fellAt >= BETWEEN_FALLS) {
      share = Math.max(SMALLEST_SHARE, share * FALL);
      fellAt = now;
    }
  }

  private void forget(long now) {
    while (!window.isEmpty() && window.getFirst().until <= now)
      windowBytes -= window.removeFirst().bytes;
  }
}
