package dev.millrace.view;

import dev.millrace.log.Cursor;
import dev.millrace.log.LogReader;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Polls and decodes the next records while those before are folded. Its reader is its thread's. */
final class ReadAhead<R extends Record> implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMillis(200);

  /** Records of one poll, decoded. */
  record Polled<R extends Record>(List<Decoded<R>> decoded, Cursor cursor) {}

  private final ExecutorService thread = Executors
      .newSingleThreadExecutor(Thread.ofPlatform().name("rebuild-reader").factory());
  private final LogReader reader;
  private final Decoding<R> decoding;
  private Future<Polled<R>> next;
  private Polled<R> rest = new Polled<>(List.of(), Cursor.start());

  ReadAhead(LogReader reader, Decoding<R> decoding) {
    this.reader = reader;
    this.decoding = decoding;
    this.next = thread.submit(this::poll);
  }

  private Polled<R> poll() {
    var batch = reader.poll(IDLE);
    return new Polled<>(decoding.decode(batch.records()), batch.cursor());
  }

  /** The next records, at most so many; of what one poll brought. */
  Polled<R> next(int atMost) {
    var polled = rest.decoded.isEmpty() ? polled() : rest;
    if (polled.decoded.size() <= atMost) {
      rest = new Polled<>(List.of(), Cursor.start());
      return polled;
    }
    var first = polled.decoded.subList(0, atMost);
    rest = new Polled<>(polled.decoded.subList(atMost, polled.decoded.size()), polled.cursor);
    var positions = new HashMap<Partition, Position>();
    first.forEach(one -> positions.put(one.record().partition(), one.record().position()));
    return new Polled<>(first, Cursor.of(positions));
  }

  private Polled<R> polled() {
    var polled = Faults.result(next, "reading ahead");
    next = thread.submit(this::poll);
    return polled;
  }

  /** The next records that are not past the cursor. */
  Polled<R> next(Cursor until) {
    var polled = next(Integer.MAX_VALUE);
    var within = polled.decoded.stream()
        .filter(one -> within(until, one.record().partition(), one.record().position())).toList();
    var positions = new HashMap<Partition, Position>();
    polled.cursor.positions().forEach((partition, position) -> until.position(partition)
        .ifPresent(last -> positions.put(partition, position.compareTo(last) < 0 ? position : last)));
    return new Polled<>(within, Cursor.of(positions));
  }

  private static boolean within(Cursor until, Partition partition, Position position) {
    return until.position(partition).filter(last -> position.compareTo(last) <= 0).isPresent();
  }

  @Override
  public void close() {
    reader.wakeup();
    var _ = thread.submit(reader::close);
    thread.close();
  }
}
