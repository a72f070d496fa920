package dev.millrace.publish;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes ids that are unique and sort by time: UUID version 7 of <a href="https://www.rfc-editor.org/rfc/rfc9562">RFC
 * 9562</a>, with a counter after the milliseconds (method 1 of its section 6.2). The random part is drawn once, so that
 * an id costs an increment; two generators that draw the same 54 bits are not to be expected. Ids of one generator grow
 * even where the clock steps back. Safe for use by many threads.
 */
final class EventIds {
  private static final int COUNTER_BITS = 20;
  private static final long VERSION_7 = 0x7000;
  private static final long VARIANT = 0x8000_0000_0000_0000L;
  private static final int NODE_BITS = 54;

  private final long node = new SecureRandom().nextLong() >>> (Long.SIZE - NODE_BITS);
  /** Milliseconds since 1970, then the counter. */
  private final AtomicLong last = new AtomicLong();

  String next(long epochMilli) {
    long tick = tick(epochMilli << COUNTER_BITS);
    long milli = tick >>> COUNTER_BITS;
    long counter = tick & ((1L << COUNTER_BITS) - 1);
    long high = milli << 16 | VERSION_7 | counter >>> 8;
    long low = VARIANT | (counter & 0xff) << NODE_BITS | node;
    return new UUID(high, low).toString();
  }

  private long tick(long atLeast) {
    while (true) {
      long before = last.get();
      long tick = Math.max(before + 1, atLeast);
      if (last.compareAndSet(before, tick))
        return tick;
    }
  }
}
