package dev.millrace.log.kinesis;

import dev.millrace.log.Position;

/**
 * What a {@link Position} says in a shard: a sequence number, a dot, and fourteen digits. Sequence numbers of a shard are
 * decimals that grow, and what follows the dot has always the same length; so positions are ordered as {@link Position} orders
 * them.
 *
 * <p>The digits are the place of a record within its aggregate, 0 where it is in none. Larger ones say more than a record
 * does: the milliseconds since 1970 up to which the reader has seen that nothing followed ({@link #seen}), or, all nines, that
 * nothing ever will, as the shard is closed and this is its last sequence number ({@link #end}).
 *
 * @param sequence the sequence number, up to 129 digits
 * @param detail the number after the dot
 */
record Place(String sequence, long detail) {
  /** More than an aggregate can hold: what is larger is a time. */
  private static final long FIRST_TIME = 1_000_000_000;

  private static final long END = 99_999_999_999_999L;
  private static final int DIGITS = 14;

  Place {
    if (sequence.isEmpty() || !sequence.chars().allMatch(digit -> digit >= '0' && digit <= '9'))
      throw new IllegalArgumentException("'" + sequence + "' is no sequence number");
    if (detail < 0 || detail > END)
      throw new IllegalArgumentException("no place has " + detail);
  }

  /** A record: the one at this index of its aggregate, or the only one, at 0. */
  static Place record(String sequence, int index) {
    return new Place(sequence, index);
  }

  /** After this record, or this start of a shard, nothing was there yet at this time. */
  static Place seen(String sequence, long epochMilli) {
    if (epochMilli < FIRST_TIME)
      throw new IllegalArgumentException(epochMilli + " ms is before there was Kinesis");
    return new Place(sequence, epochMilli);
  }

  /** The end of a closed shard. */
  static Place end(String lastSequence) {
    return new Place(lastSequence, END);
  }

  /** @throws IllegalArgumentException where the position is of another log */
  static Place of(Position position) {
    var text = position.value();
    var dot = text.length() - DIGITS - 1;
    if (dot < 1 || text.charAt(dot) != '.')
      throw new IllegalArgumentException("'" + text + "' is no position of a Kinesis shard");
    try {
      return new Place(text.substring(0, dot), Long.parseLong(text, dot + 1, text.length(), 10));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is no position of a Kinesis shard", e);
    }
  }

  Position position() {
    var digits = Long.toString(detail);
    return Position.of(sequence + "." + "0".repeat(DIGITS - digits.length()) + digits);
  }

  boolean isEnd() {
    return detail == END;
  }

  /** Whether this says up to when nothing followed, rather than where a record is. */
  boolean isSeen() {
    return detail >= FIRST_TIME && detail < END;
  }
}
