package dev.millrace.log;

/**
 * The place of a record within its partition: opaque, and ordered. A shorter position is before a longer one, equals in
 * length are ordered as text; so decimals of any length, a Kafka offset as well as a Kinesis sequence number of 129
 * digits, are ordered rightly and compared without being parsed. Positions of different partitions do not compare.
 */
public record Position(String value) implements Comparable<Position> {
  public Position {
    if (value.isEmpty())
      throw new IllegalArgumentException("a position is not empty");
  }

  public static Position of(String value) {
    return new Position(value);
  }

  @Override
  public int compareTo(Position other) {
    int byLength = Integer.compare(value.length(), other.value.length());
    return byLength != 0 ? byLength : value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
