package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.util.List;
import java.util.Optional;

/** What was read of one shard at once. */
sealed interface Page {
  Partition partition();

  /** Records, and how far the shard is read with them: there may be none, as a place can move on without any. */
  record Records(Partition partition, List<LogRecord> records, Position position) implements Page {}

  /** The end of a closed shard. */
  record End(Partition partition, Position position) implements Page {}

  /** Nothing for now, and why. What is read next of the shard follows what was read before. */
  record Failure(Partition partition, LogException exception) implements Page {}

  /** How far the shard is read with this page. */
  default Optional<Position> reached() {
    return switch (this) {
      case Records(var _, var _, var position) -> Optional.of(position);
      case End(var _, var position) -> Optional.of(position);
      case Failure _ -> Optional.empty();
    };
  }

  default List<LogRecord> found() {
    return this instanceof Records(var _, var records, var _) ? records : List.of();
  }
}
