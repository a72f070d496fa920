package dev.millrace.log.kinesis;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kinesis.model.Record;

/** How far a shard is read, and what becomes of the records that the service has of it. Owned by one thread. */
final class ShardReading {
  /** How often a place in an idle shard is moved on, so that one that stays behind is known to be too old. */
  private static final Duration SAY_IDLE = Duration.ofHours(1);

  private final Shard shard;
  private final ShardDirectory directory;
  private final InstantSource clock;
  private Optional<Place> place;
  private boolean toProve;
  private boolean toSkip;
  private Instant saidAt;

  /** @param from the last place read; empty where none was, and never an end */
  ShardReading(Shard shard, Optional<Place> from, ShardDirectory directory, InstantSource clock) {
    this.shard = shard;
    this.directory = directory;
    this.clock = clock;
    this.place = from;
    this.saidAt = from.filter(known -> known.isSeen() && !known.isBegun())
        .map(seen -> Instant.ofEpochMilli(seen.detail()))
        .orElse(Instant.EPOCH); // nothing keeps a record's place from growing old: the first word that all is read is told
  }

  Shard shard() {
    return shard;
  }

  Partition partition() {
    return shard.partition();
  }

  Instant now() {
    return clock.instant();
  }

  /** From where the service is to be asked now. What is read next must come of that. */
  StartingPoint start() {
    var start = place
        .map(known -> StartingPoint.after(known, shard, clock.instant(),
            () -> directory.retention(partition().stream())))
        .orElseGet(StartingPoint::oldest);
    toProve = start.proof();
    toSkip = place.isPresent();
    return start;
  }

  /** As {@link #start}, where the service does not know the sequence number any more, but nothing can have been lost. */
  StartingPoint startWithout(RuntimeException unknown) {
    if (toProve || place.isEmpty())
      throw place.<RuntimeException>map(known -> StartingPoint.expired(partition(), known,
          "the service knows it no more (" + unknown.getMessage() + ")")).orElse(unknown);
    return StartingPoint.oldest();
  }

  /** Whether what was read last is known to be there, or to need no proof. */
  boolean isProved() {
    return !toProve;
  }

  /**
   * What follows what was read before.
   *
   * @param caughtUp whether the service said that nothing follows these records for now
   * @param asked when it was asked
   * @return empty where there is nothing to say
   * @throws dev.millrace.log.LogException EXPIRED where the record at the starting point is not there
   */
  Optional<Page> read(List<Record> records, boolean caughtUp, Instant asked) {
    if (toProve && (caughtUp || !records.isEmpty()))
      prove(records);
    var before = place;
    var found = new ArrayList<LogRecord>(records.size());
    for (var record : records)
      read(record, found);
    if (records.isEmpty() && caughtUp)
      place = Optional
          .of(Place.seen(lastSequence(), asked.toEpochMilli()));
    if (place.equals(before) || (records.isEmpty() && asked.isBefore(saidAt.plus(SAY_IDLE))))
      return Optional.empty();
    saidAt = asked;
    return place.map(now -> new Page.Records(partition(), found, now.position()));
  }

  private String lastSequence() {
    return place.filter(known -> !known.isBegun()).map(Place::sequence).orElse(shard.firstSequence());
  }

  private void prove(List<Record> records) {
    var wanted = place.orElseThrow();
    if (records.isEmpty())
      throw StartingPoint.expired(partition(), wanted, "no record is there any more");
    var first = records.getFirst();
    if (!first.sequenceNumber().equals(wanted.sequence()))
      throw StartingPoint.expired(partition(), wanted, "the oldest record there is " + first.sequenceNumber()
          + ", of " + first.approximateArrivalTimestamp());
    toProve = false;
  }

  private void read(Record record, List<LogRecord> found) {
    var last = 0;
    for (var part : parts(shard, record)) {
      last = part.index();
      var position = Place.record(record.sequenceNumber(), last).position();
      if (!wasRead(position))
        found.add(CloudEventFrame.decode(partition(), position, record.approximateArrivalTimestamp(),
            part.partitionKey(), part.data()));
    }
    var end = Place.record(record.sequenceNumber(), last);
    if (!wasRead(end.position())) {
      place = Optional.of(end);
      toSkip = false;
    }
  }

  private boolean wasRead(Position position) {
    return toSkip && place.filter(known -> position.compareTo(known.position()) <= 0).isPresent();
  }

  static List<KplAggregate.Part> parts(Shard shard, Record record) {
    return KplAggregate.parts(shard, record.partitionKey(), record.data().asByteBuffer());
  }

  /** The end of the shard, which is closed and whose last record was read. Waits until the service lists it as closed. */
  Page end(ServiceCalls calls) {
    var doing = "reading the end of " + partition();
    while (true) {
      var listed = directory.refresh(partition().stream()).stream()
          .filter(known -> known.partition().equals(partition())).findAny();
      if (listed.isEmpty() || !listed.get().isOpen()) {
        var last = listed.flatMap(Shard::lastSequence)
            .orElseGet(this::lastSequence);
        return new Page.End(partition(), Place.end(last).position());
      }
      calls.pause(doing, Duration.ofMillis(200));
    }
  }
}
