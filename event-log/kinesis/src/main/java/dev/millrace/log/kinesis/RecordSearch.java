package dev.millrace.log.kinesis;

import dev.millrace.log.Cursor;
import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;

/** Finds places of shards by reading, as the service has no other way. All shards at once; blocks; safe for many threads. */
final class RecordSearch {
  private static final Duration FIRST_WINDOW = Duration.ofSeconds(10);
  private static final int GROWTH = 16;
  /** A stretch that is read from one end to the other rather than halved. */
  private static final Duration SHORT = Duration.ofSeconds(1);
  /** Records of a shard that follow a cursor: each costs some of what the shard's readers share. */
  private static final int MOST_COUNTED = 1_000;
  /** Enough to go past the record at the cursor and what was dropped of it. */
  private static final int A_FEW = 10;
  private static final Duration LEAST_AGE = Duration.ofMillis(1);
  private static final Executor THREADS = task -> Thread.ofVirtual().name("search shard").start(task);

  private final RecordCalls calls;
  private final ShardDirectory directory;
  private final InstantSource clock;

  RecordSearch(RecordCalls calls, InstantSource clock) {
    this.calls = calls;
    this.directory = calls.directory();
    this.clock = clock;
  }

  /** What a stretch of a shard holds: its last record, where it has any, and whether it was read whole. */
  private record Stretch(Optional<Record> last, boolean whole) {}

  /** The last places there are now. A shard that has none is in it as one that was begun, but in a stream that has none at all. */
  Cursor end(Set<StreamName> streams) {
    return places(streams, shard -> shard.lastSequence().map(Place::end)
        .orElseGet(() -> last(shard, Instant.MAX)));
  }

  /** The last places before this time; as {@link #end} where there are none. */
  Cursor before(Set<StreamName> streams, Instant time) {
    return places(streams, shard -> shard.lastSequence().filter(_ -> isPast(shard, time)).map(Place::end)
        .orElseGet(() -> last(shard, time)));
  }

  private boolean isPast(Shard closed, Instant time) {
    var iterator = time.isAfter(clock.instant())
        ? Optional.<String>empty()
        : calls.iterator(closed.partition(), time);
    while (iterator.isPresent()) {
      var answer = records(closed.partition(), iterator.get());
      if (answer.records().stream().anyMatch(record -> !isBefore(time, record)))
        return false;
      iterator = Optional.ofNullable(answer.nextShardIterator());
    }
    return true;
  }

  private Cursor places(Set<StreamName> streams, Function<Shard, Place> place) {
    var places = forEach(streams, place);
    var told = new HashSet<StreamName>();
    places.forEach((shard, found) -> {
      if (!found.isBegun() || !shard.parents().isEmpty())
        told.add(shard.partition().stream());
    });
    var positions = new TreeMap<Partition, Position>();
    places.forEach((shard, found) -> {
      if (told.contains(shard.partition().stream()))
        positions.put(shard.partition(), found.position());
    });
    return Cursor.of(positions);
  }

  private <T> Map<Shard, T> forEach(Set<StreamName> streams, Function<Shard, T> question) {
    var asked = new HashMap<Shard, CompletableFuture<T>>();
    for (var stream : streams) {
      for (var shard : directory.refresh(stream))
        asked.put(shard, CompletableFuture.supplyAsync(() -> question.apply(shard), THREADS));
    }
    var answers = new HashMap<Shard, T>();
    try {
      asked.forEach((shard, answer) -> answers.put(shard, answer.join()));
    } catch (CompletionException e) {
      if (e.getCause() instanceof LogException known)
        throw known;
      throw e;
    }
    return answers;
  }

  /**
   * The last record that was appended before this time. The oldest record says whether there is any; then it is looked for
   * in longer and longer windows that end at the time.
   */
  private Place last(Shard shard, Instant until) {
    var now = clock.instant();
    var oldest = records(shard.partition(), calls.iterator(shard.partition(), StartingPoint.oldest()), 1);
    var first = oldest.records().stream().findFirst();
    if (first.isEmpty() && RecordCalls.isCaughtUp(oldest, 1))
      return Place.begun(now.toEpochMilli());
    if (RecordCalls.isCaughtUp(oldest, 1) || first.filter(record -> !isBefore(until, record)).isPresent())
      return first.filter(record -> isBefore(until, record)).map(record -> place(shard, record))
          .orElseGet(() -> begun(shard, until, now));
    var end = until.isBefore(now) ? until : now;
    for (var window = FIRST_WINDOW; window.toDays() < 1; window = window.multipliedBy(GROWTH)) {
      var stretch = calls.iterator(shard.partition(), end.minus(window))
          .map(from -> stretch(shard, from, until));
      if (stretch.isPresent() && stretch.get().last().isPresent())
        return place(shard, narrow(shard, stretch.get(), end, until));
    }
    var all = stretch(shard, calls.iterator(shard.partition(), StartingPoint.oldest()), until);
    return all.last().map(_ -> place(shard, narrow(shard, all, end, until)))
        .orElseGet(() -> begun(shard, until, now));
  }

  /** What was appended since this time is wanted, or as much of it as is kept. */
  private Place begun(Shard shard, Instant since, Instant now) {
    var kept = now.minus(directory.retention(shard.partition().stream()));
    return Place.begun((since.isAfter(kept) && since.isBefore(now) ? since : now).toEpochMilli());
  }

  private static boolean isBefore(Instant until, Record record) {
    return record.approximateArrivalTimestamp().isBefore(until);
  }

  /** The last record of a stretch that was not read whole: the time that is left is halved until it is. */
  private Record narrow(Shard shard, Stretch first, Instant end, Instant until) {
    var stretch = first;
    var last = stretch.last().orElseThrow();
    var latest = end;
    while (!stretch.whole()) {
      var earliest = last.approximateArrivalTimestamp();
      var left = Duration.between(earliest, latest);
      if (left.compareTo(SHORT) <= 0) {
        stretch = stretch(shard,
            calls.iterator(shard.partition(), StartingPoint.after(last.sequenceNumber())), until);
        last = stretch.last().orElse(last);
        continue;
      }
      var middle = earliest.plus(left.dividedBy(2));
      var half = calls.iterator(shard.partition(), middle).map(from -> stretch(shard, from, until));
      if (half.isPresent() && half.get().last().isPresent()) {
        stretch = half.get();
        last = stretch.last().orElseThrow();
      } else
        latest = middle;
    }
    return last;
  }

  /** Reads the first records from here on that are before a time: all of them, where one call brings them. */
  private Stretch stretch(Shard shard, String from, Instant until) {
    var iterator = from;
    while (true) {
      var answer = records(shard.partition(), iterator);
      var records = answer.records();
      var before = records.stream().filter(record -> record.approximateArrivalTimestamp().isBefore(until))
          .toList();
      var whole = RecordCalls.isCaughtUp(answer) || before.size() < records.size();
      if (whole || !before.isEmpty())
        return new Stretch(before.isEmpty() ? Optional.empty() : Optional.of(before.getLast()), whole);
      iterator = answer.nextShardIterator();
    }
  }

  private GetRecordsResponse records(Partition partition, String iterator) {
    return records(partition, iterator, RecordCalls.MAX_RECORDS);
  }

  private GetRecordsResponse records(Partition partition, String iterator, int limit) {
    return calls.records(partition, iterator, limit)
        .orElseThrow(() -> new LogException(LogException.Code.UNREACHABLE,
            "an iterator of " + partition
                + " did not hold for as long as a search takes. It may be tried again."));
  }

  private static Place place(Shard shard, Record record) {
    var parts = ShardReading.parts(shard, record);
    return Place.record(record.sequenceNumber(), parts.isEmpty() ? 0 : parts.getLast().index());
  }

  /** How many records follow the cursor in each shard that has any, but not many more than there is a reason to know. */
  Map<Partition, Long> lags(Set<StreamName> streams, Cursor cursor) {
    var lags = new TreeMap<Partition, Long>();
    forEach(streams, shard -> lag(shard, cursor)).forEach((shard, lag) -> {
      if (lag > 0)
        lags.put(shard.partition(), lag);
    });
    return lags;
  }

  private long lag(Shard shard, Cursor cursor) {
    var lag = 0L;
    for (var pages = follow(shard, cursor); pages.hasNext() && lag < MOST_COUNTED;)
      lag += pages.next().size();
    return lag;
  }

  /** How long ago the oldest record that follows the cursor was appended; zero where none follows. */
  Duration behind(Set<StreamName> streams, Cursor cursor) {
    var oldest = forEach(streams, shard -> next(shard, cursor)).values().stream().flatMap(Optional::stream)
        .min(Instant::compareTo);
    return oldest.map(appended -> Duration.between(appended, clock.instant()))
        .map(age -> age.compareTo(LEAST_AGE) < 0 ? LEAST_AGE : age).orElse(Duration.ZERO);
  }

  private Optional<Instant> next(Shard shard, Cursor cursor) {
    for (var pages = follow(shard, cursor); pages.hasNext();) {
      var found = pages.next();
      if (!found.isEmpty())
        return Optional.of(found.getFirst().appendedAt());
    }
    return Optional.empty();
  }

  /** What follows the cursor in the shard, call by call, until nothing does for now. */
  private Iterator<List<LogRecord>> follow(Shard shard, Cursor cursor) {
    var place = cursor.position(shard.partition())
        .map(position -> StartingPoint.place(shard.partition(), position));
    if (place.filter(Place::isEnd).isPresent())
      return Collections.emptyIterator();
    return new Following(new ShardReading(shard, place, directory, clock));
  }

  /** Asks for the next records when they are wanted: for few at first, as each may be an aggregate of a thousand. */
  private final class Following implements Iterator<List<LogRecord>> {
    private final ShardReading reading;
    private int limit = A_FEW;
    private Optional<String> iterator;

    Following(ShardReading reading) {
      this.reading = reading;
      this.iterator = Optional.of(calls.iterator(reading));
    }

    @Override
    public boolean hasNext() {
      return iterator.isPresent();
    }

    @Override
    public List<LogRecord> next() {
      var answer = records(reading.partition(), iterator.orElseThrow(), limit);
      var over = RecordCalls.isCaughtUp(answer, limit);
      iterator = over ? Optional.empty() : Optional.of(answer.nextShardIterator());
      limit = Math.min(limit * GROWTH, MOST_COUNTED);
      return reading.read(answer.records(), over, clock.instant()).map(Page::found).orElse(List.of());
    }
  }
}
