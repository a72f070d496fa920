package dev.millrace.log.kinesis;

import dev.millrace.log.Position;

/**
 * What a {@link Position} says in a shard: a sequence number, a dot, and fourteen digits. Sequence numbers of a shard are
 * decimals that grow, and what follows the dot has always the same length; so positions are ordered as {@link Position} orders
 * them.
 *
 * <p>The digits are the place of a record within its aggregate, 0 where it is in none. Larger ones say more than a record
 * does: the milliseconds since 1970 up to which the reader has seen that nothing followed ({@link #seen}), or, all nines, that
 * nothing ever will, as the shard is closed and this is its last sequence number ({@link #end}): written with as many digits as
 * one can have, so that it is after all that is in the shard whatever a service names as its last, which for one that runs
 * locally may be no sequence number of the shard at all. Where nothing was read yet the
 * sequence number is 0 ({@link #begun}).
 *
 * @param sequence the sequence number, up to 129 digits
 * @param detail the number after the dot
 */
record Place(String sequence, long detail) {
  /** More than an aggregate can hold: what is larger is a time. */
  private static final long FIRST_TIME = 1_000_000_000;

  private static final long END = 99_999_999_999_999L;
  private static final int DIGITS = 14;
  private static final int MOST_SEQUENCE_DIGITS = 129;
  /** Shorter than the service's sequence numbers. */
  private static final String BEFORE_ALL = "0";

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

  /**
   * Nothing of the shard was read, and at this time nothing of what is wanted of it was lost. Before every place that is in
   * the shard.
   */
  static Place begun(long epochMilli) {
    return seen(BEFORE_ALL, epochMilli);
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
      long detail = Long.parseLong(text, dot + 1, text.length(), 10);
      var sequence = text.substring(0, dot);
      return new Place(detail == END ? sequence.replaceFirst("^0+(?=.)", "") : sequence, detail);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is no position of a Kinesis shard", e);
    }
  }

  Position position() {
    var digits = Long.toString(detail);
    var written = isEnd()
        ? "0".repeat(Math.max(0, MOST_SEQUENCE_DIGITS - sequence.length())) + sequence
        : sequence;
    return Position.of(written + "." + "0".repeat(DIGITS - digits.length()) + digits);
  }

  boolean isEnd() {
    return detail == END;
  }

  /** Whether this says when the shard was begun, and no more. */
  boolean isBegun() {
    return sequence.equals(BEFORE_ALL) && isSeen();
  }

  /** Whether this says up to when nothing followed, rather than where a record is. */
  boolean isSeen() {
    return detail >= FIRST_TIME && detail < END;
  }
}
