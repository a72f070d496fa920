package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.schema.EventCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A view in memory, folded by the code that a {@link Runner} uses: for tests of projections. What depends on a database is
 * not in it: there are no pages, and a record is parked only for what can be told without one. Not safe for use by many
 * threads.
 */
public final class MemoryView<R extends Record> {
  /**
   * A record that was set aside.
   *
   * @param reason a stable name, as a runner writes it to {@code millrace.parked}
   * @param message what is wrong and where, for people
   */
  public record Parked(LogRecord record, String reason, String message) {}

  private final Projection<R> projection;
  private final Decoding<R> decoding;
  private final Map<RowKey, R> rows = new TreeMap<>();
  private final List<Parked> parked = new ArrayList<>();
  private ParkedKeys parkedKeys = new ParkedKeys();
  private long events;

  /**
   * An empty view.
   *
   * @throws ViewException INVALID_PROJECTION where the projection has SQL of its own
   */
  public MemoryView(Projection<R> projection, EventCodec codec) {
    if (projection.hasSql()) {
      throw new ViewException(ViewException.Code.INVALID_PROJECTION,
          projection + " has SQL of its own, which takes a database: test it with a Runner");
    }
    this.projection = projection;
    this.decoding = new Decoding<>(projection, codec);
  }

  /** Folds the records as one batch. */
  public void apply(List<LogRecord> records) {
    var outcome = new Folding<>(projection, rows, parkedKeys).fold(decoding.decode(records));
    rows.putAll(outcome.inserts());
    rows.putAll(outcome.updates());
    outcome.deletes().forEach(rows::remove);
    outcome.parked().forEach(one -> parked.add(new Parked(one.record(), one.reason(), one.message())));
    parkedKeys = outcome.parkedKeys();
    events += outcome.events().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** All rows, in the order of their keys. */
  public List<R> rows() {
    return List.copyOf(rows.values());
  }

  /**
   * The row of a key.
   *
   * @throws ViewException INVALID_KEY where it is none of this view
   */
  public Optional<R> row(Object key) {
    try {
      return Optional.ofNullable(rows.get(projection.mapping().keyOf(key)));
    } catch (IllegalArgumentException e) {
      throw new ViewException(ViewException.Code.INVALID_KEY, projection.name() + ": " + e.getMessage(), e);
    }
  }

  /** What was set aside, in the order in which it was read. */
  public List<Parked> parked() {
    return List.copyOf(parked);
  }

  /** How many events were applied. */
  public long events() {
    return events;
  }
}
