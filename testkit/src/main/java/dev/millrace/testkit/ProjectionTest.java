package dev.millrace.testkit;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.view.MemoryView;
import dev.millrace.view.Projection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Given, when, then for a projection, in this thread and with no database: the real codec, a registry in memory, and the
 * fold that a runner uses.
 *
 * <pre>{@code
 * ProjectionTest.of(countryRevenue)
 *     .given(new OrderPlaced("536365", "United Kingdom", …))
 *     .when(new OrderCancelled("536365", "United Kingdom", …))
 *     .thenRow("United Kingdom", new CountryRevenue("United Kingdom", 1, …))
 *     .thenNothingParked()
 *     .thenFoldIsPure()
 *     .thenOrderBetweenKeysDoesNotMatter();
 * }</pre>
 *
 * Used by one thread.
 */
public final class ProjectionTest<R extends Record> {
  /** When the first event happens; each of the others a millisecond after the one before. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final int SHUFFLES = 50;
  private static final String SEED = "millrace.test.seed";

  private final Projection<R> projection;
  private final EventCodec codec = EventCodec.of(SchemaRegistry.inMemory());
  private final MemoryView<R> view;
  private final List<LogRecord> records = new ArrayList<>();

  private ProjectionTest(Projection<R> projection) {
    this.projection = projection;
    this.view = new MemoryView<>(projection, codec);
  }

  /** A test that begins with an empty view. */
  public static <R extends Record> ProjectionTest<R> of(Projection<R> projection) {
    return new ProjectionTest<>(projection);
  }

  /** These events have happened, in this order. */
  public ProjectionTest<R> given(Event... events) {
    for (var event : events)
      happens(Keys.of(event), event.eventType(), codec.encode(event));
    return this;
  }

  /** This event happens; the same as {@link #given}, to be read more easily. */
  public ProjectionTest<R> when(Event... events) {
    return given(events);
  }

  /** An event happens that is written under the version of the type, such as {@code OrderPlaced.TYPE.at(1)}. */
  public <E extends Event> ProjectionTest<R> when(EventType<E> type, E event) {
    return happens(type.keyOf(event), type, codec.encode(type, event));
  }

  /** A payload comes as it is, such as one that nobody can read. */
  public ProjectionTest<R> whenPayload(EventType<?> type, String key, byte[] payload) {
    return happens(key, type, payload);
  }

  private ProjectionTest<R> happens(String key, EventType<?> type, byte[] payload) {
    int number = records.size() + 1;
    var time = START.plusMillis(number);
    var envelope = Envelope.of("event-" + number, "/test", type.name(), time, key);
    var partition = new Partition(StreamName.of(type.stream()), "0");
    var record = new LogRecord(partition, Position.of(String.valueOf(number)), key, time, () -> envelope,
        payload);
    records.add(record);
    view.apply(List.of(record));
    return this;
  }

  /** The row of this key is this. */
  public ProjectionTest<R> thenRow(Object key, R expected) {
    return expect(view.row(key).equals(Optional.of(expected)), () -> "the row of " + key + " is\n  "
        + view.row(key).map(Object::toString).orElse("not there") + "\nnot\n  " + expected);
  }

  /** There is no row of this key. */
  public ProjectionTest<R> thenNoRow(Object key) {
    return expect(view.row(key).isEmpty(), () -> "there is a row of " + key + ": " + view.row(key));
  }

  /** These are all the rows, in the order of their keys. */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public final ProjectionTest<R> thenRows(R... expected) {
    return expect(view.rows().equals(Arrays.asList(expected)),
        () -> "the rows are\n  " + view.rows() + "\nnot\n  " + Arrays.asList(expected));
  }

  /** No event was set aside. */
  public ProjectionTest<R> thenNothingParked() {
    return expect(view.parked().isEmpty(), () -> "these are parked: " + messages());
  }

  /** These and no other events were set aside, by their reasons, in order, such as FOLD_FAILED and FOLLOWS. */
  public ProjectionTest<R> thenParked(String... reasons) {
    var parked = reasons(view);
    return expect(parked.equals(Arrays.asList(reasons)),
        () -> "parked are " + parked + ", not " + Arrays.asList(reasons) + ": " + messages());
  }

  private static List<String> reasons(MemoryView<?> view) {
    return view.parked().stream().map(MemoryView.Parked::reason).toList();
  }

  private List<String> messages() {
    return view.parked().stream().map(MemoryView.Parked::message).toList();
  }

  /**
   * The rows come out the same whenever and wherever the events are folded again: several times, a moment later, in another
   * thread, with another default locale and time zone. So it finds folds that ask a clock, the day, random numbers, a counter
   * outside, the order of a set of objects that have no hash code of their own, or a number's format; where a row differs it
   * is named, with the field and both values.
   *
   * <p>What is the same for as long as a process lives it cannot find: the environment, the order of {@link java.util.Set#of},
   * the hour of the day. While it runs the process's default locale and time zone are others; a test that runs beside it
   * and looks at them should share JUnit's resource locks {@code LOCALE} and {@code TIME_ZONE} with it.
   */
  public ProjectionTest<R> thenFoldIsPure() {
    for (var again : Elsewhere.each(() -> foldOneByOne(records))) {
      var other = again.value();
      RowDifference.between(projection, view.rows(), other.rows()).ifPresent(difference -> {
        throw new AssertionError(projection + " is not pure: the same events, folded again "
            + again.circumstances() + ", give another row. "
            + difference.text("the first time", "when folded again"));
      });
      var reasons = reasons(other);
      expect(reasons.equals(reasons(view)),
          () -> "is not pure: the same events, folded again " + again.circumstances() + ", park " + reasons
              + ", and the first time " + reasons(view));
    }
    return this;
  }

  private MemoryView<R> foldOneByOne(List<LogRecord> order) {
    var folded = new MemoryView<>(projection, codec);
    order.forEach(record -> folded.apply(List.of(record)));
    return folded;
  }

  /**
   * The rows come out the same in whatever order the events of different stream keys are folded, those of one key keeping
   * theirs: what a view needs whose key is not the stream's. Where a row differs it is named, with the field, both values,
   * and the events that change it in the one order and in the other. Each run tries other orders, unless the system property
   * {@code millrace.test.seed} is set; a failure names the seed.
   */
  public ProjectionTest<R> thenOrderBetweenKeysDoesNotMatter() {
    return thenOrderBetweenKeysDoesNotMatter(Long.getLong(SEED, System.nanoTime()));
  }

  /** The same with the seed of an earlier run. */
  public ProjectionTest<R> thenOrderBetweenKeysDoesNotMatter(long seed) {
    var interleaving = new Interleaving(seed);
    for (int i = 0; i < SHUFFLES; i++) {
      var shuffled = interleaving.of(records);
      var other = new MemoryView<>(projection, codec);
      interleaving.batches(shuffled).forEach(other::apply);
      RowDifference.between(projection, view.rows(), other.rows()).ifPresent(difference -> {
        throw new AssertionError(
            projection + " depends on the order between keys (repeat with -D" + SEED + "="
                + seed + "): "
                + difference.text("in the order given", "in another")
                + "\n  The order given, without the events that leave this row as it is:"
                + difference.changes(records, codec) + "\n  The other order:"
                + difference.changes(shuffled, codec));
      });
    }
    return this;
  }

  private ProjectionTest<R> expect(boolean holds, Supplier<String> otherwise) {
    if (!holds)
      throw new AssertionError(projection + ": " + otherwise.get());
    return this;
  }
}
