package dev.millrace.runtime;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.log.StreamName;
import io.micronaut.json.JsonMapper;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Reads streams for callers, as lines of JSON, no faster than each caller takes them. Safe for many threads. */
@Singleton
final class Tails {
  static final String NDJSON = "application/x-ndjson";
  static final int MOST_RECORDS = 100_000;
  private static final int USUAL_RECORDS = 100;
  // each costs a consumer with its buffers
  private static final int MOST_READERS = 32;
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final EventLog log;
  private final RecordJson json;
  private final JsonMapper mapper;
  private final ExecutorService threads;
  private final Semaphore readers = new Semaphore(MOST_READERS);

  Tails(EventLog log, RecordJson json, JsonMapper mapper,
      @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
    this.log = log;
    this.json = json;
    this.mapper = mapper;
    this.threads = threads;
  }

  /** Checks the request at once; reads when the answer is being sent. */
  Publisher<byte[]> open(StreamName stream, String from, @Nullable Integer limit, boolean follow) {
    long most = limit != null ? limit : follow ? Long.MAX_VALUE : USUAL_RECORDS;
    if (most < 1 || (limit != null && most > MOST_RECORDS)) {
      throw new ProblemException(Problem.Code.BAD_LIMIT,
          "limit " + limit + " is not from 1 to " + MOST_RECORDS);
    }
    log.partitions(stream);
    var start = new From(log, stream).cursor(from);
    var end = follow ? Cursor.start() : log.end(Set.of(stream));
    // A place is taken when the answer is subscribed to: one that never is holds none. A reader is closed where it is not
    // read at the same time, which generate sees to, and not on the thread that found that the caller has gone.
    return Flux
        .<byte[], Tail>generate(() -> new Tail(reader(stream, start), end, follow, most), (tail, sink) -> {
          var lines = tail.next();
          if (lines == null)
            sink.complete();
          else
            sink.next(lines);
          return tail;
        }, tail -> threads.execute(() -> close(tail.reader)))
        .subscribeOn(Schedulers.fromExecutorService(threads));
  }

  /** A reader of the few that there may be; {@link #close} gives its place back. */
  LogReader reader(StreamName stream, Cursor start) {
    if (!readers.tryAcquire()) {
      throw new ProblemException(Problem.Code.TOO_MANY_READERS,
          MOST_READERS + " streams are being read already: try again when one has ended");
    }
    try {
      return log.reader(Set.of(stream), start);
    } catch (RuntimeException e) {
      readers.release();
      throw e;
    }
  }

  void close(LogReader reader) {
    try {
      reader.close();
    } finally {
      readers.release();
    }
  }

  /** One caller's reading. */
  private final class Tail {
    private final LogReader reader;
    private final Cursor end;
    private final boolean follow;
    private long left;

    Tail(LogReader reader, Cursor end, boolean follow, long limit) {
      this.reader = reader;
      this.end = end;
      this.follow = follow;
      this.left = limit;
    }

    /** The next lines; empty where none came for a while, which shows whether the caller is still there. */
    byte @Nullable [] next() {
      if (left == 0 || (!follow && reader.cursor().hasReached(end)))
        return null;
      var batch = reader.poll(PATIENCE);
      var lines = new ByteArrayOutputStream();
      try {
        for (var entry : batch.records()) {
          if (left == 0)
            break;
          lines.write(mapper.writeValueAsBytes(json.of(entry)));
          lines.write('\n');
          left--;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return lines.toByteArray();
    }
  }
}
