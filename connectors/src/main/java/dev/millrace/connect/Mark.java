package dev.millrace.connect;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;

import dev.millrace.connect.RelayException.Code;

/**
 * What the log says about the relay, in the transaction of each batch: which rows the batch had, and where they were found.
 * As text: {@code wal 17-40,42 0192…}, the batch's ids and the event id of its last row; or {@code wal} alone.
 *
 * @param phase where the relay reads
 * @param batch the rows that the log has but the database may still have; empty where there are none
 */
record Mark(Phase phase, Optional<Batch> batch) {
  /** Where the relay finds rows. */
  enum Phase {
    /** In the table: rows that may be older than the replication slot. */
    TABLE,
    /** In the write-ahead log, through the slot. */
    WAL;

    String text() {
      return this == TABLE ? "table" : "wal";
    }
  }

  /**
   * The rows of a batch.
   *
   * @param ids ascending
   * @param lastEventId of the row with the last id: it tells this table's row from one of a table before it, whose ids
   *     began at 1 as well
   */
  @SuppressWarnings("ArrayRecordComponent") // only read, and never compared
  record Batch(long[] ids, String lastEventId) {
    @Override
    public String toString() {
      return ranges() + " " + lastEventId;
    }

    private String ranges() {
      var text = new StringBuilder();
      for (int from = 0; from < ids.length;) {
        int to = from;
        while (to + 1 < ids.length && ids[to + 1] == ids[to] + 1) {
          to++;
        }
        text.append(from == 0 ? "" : ",").append(ids[from]);
        if (to > from) {
          text.append('-').append(ids[to]);
        }
        from = to + 1;
      }
      return text.toString();
    }
  }

  static Mark of(Phase phase) {
    return new Mark(phase, Optional.empty());
  }

  static Mark of(Phase phase, Batch batch) {
    return new Mark(phase, Optional.of(batch));
  }

  /** @throws RelayException FOREIGN_MARK */
  static Mark parse(String text) {
    var words = text.split(" ", 3);
    var phase = Arrays.stream(Phase.values()).filter(each -> each.text().equals(words[0])).findFirst();
    if (phase.isEmpty() || words.length == 2) {
      throw foreign(text, null);
    }
    if (words.length == 1)
      return of(phase.get());
    try {
      var ids = ids(words[1]);
      if (ids.length > 0)
        return of(phase.get(), new Batch(ids, words[2]));
    } catch (NumberFormatException e) {
      throw foreign(text, e);
    }
    throw foreign(text, null);
  }

  private static long[] ids(String ranges) {
    return Arrays.stream(ranges.split(",")).flatMapToLong(range -> {
      int dash = range.indexOf('-');
      return dash < 0
          ? LongStream.of(Long.parseLong(range))
          : LongStream.rangeClosed(Long.parseLong(range.substring(0, dash)),
              Long.parseLong(range.substring(dash + 1)));
    }).toArray();
  }

  private static RelayException foreign(String text, @Nullable Throwable cause) {
    return new RelayException(Code.FOREIGN_MARK, "the log's mark '" + text
        + "' was not written by a relay of an outbox: give this relay a name that nothing else has", cause);
  }

  @Override
  public String toString() {
    return batch.map(rows -> phase.text() + " " + rows).orElse(phase.text());
  }
}
