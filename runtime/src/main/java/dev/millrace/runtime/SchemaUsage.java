package dev.millrace.runtime;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogReader;
import dev.millrace.log.LogRecord;
import dev.millrace.log.StreamName;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.Fault;
import dev.millrace.schema.SchemaException;
import dev.millrace.schema.SchemaRegistry;
import io.micronaut.json.JsonMapper;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Counts which schemas the records of a stream were written under, from the first record that is kept to the last there
 * was when it began. Says how far it is about once a second. Safe for many threads.
 */
@Singleton
final class SchemaUsage {
  private static final Duration PATIENCE = Duration.ofMillis(500);
  private static final long TELL_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
  /** What stands for the id of a payload that has none. */
  private static final int UNFRAMED = -1;

  private final EventLog log;
  private final SchemaRegistry registry;
  private final Tails tails;
  private final JsonMapper mapper;
  private final ExecutorService threads;

  SchemaUsage(EventLog log, SchemaRegistry registry, Tails tails, JsonMapper mapper,
      @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
    this.log = log;
    this.registry = registry;
    this.tails = tails;
    this.mapper = mapper;
    this.threads = threads;
  }

  /** Checks the request at once; reads when the answer is being sent. */
  Publisher<byte[]> open(StreamName stream) {
    log.partitions(stream);
    var end = log.end(Set.of(stream));
    return Flux.<byte[], Count>generate(() -> new Count(tails.reader(stream, Cursor.start()), end),
        (count, sink) -> {
          sink.next(count.next());
          if (count.done)
            sink.complete();
          return count;
        }, count -> threads.execute(() -> tails.close(count.reader)))
        .subscribeOn(Schedulers.fromExecutorService(threads));
  }

  /** What was found of one schema. */
  private static final class Used {
    private long records;
    private Instant oldest = Instant.MAX;
    private Instant newest = Instant.MIN;

    void add(LogRecord entry) {
      records++;
      oldest = entry.appendedAt().isBefore(oldest) ? entry.appendedAt() : oldest;
      newest = entry.appendedAt().isAfter(newest) ? entry.appendedAt() : newest;
    }
  }

  /** One caller's count. Owned by one thread at a time. */
  private final class Count {
    private final LogReader reader;
    private final Cursor end;
    private final Map<Integer, Used> used = new TreeMap<>();
    private long records;
    private long told = System.nanoTime();
    private boolean done;

    Count(LogReader reader, Cursor end) {
      this.reader = reader;
      this.end = end;
    }

    /** The next lines; none where it is too early to say something again. */
    byte[] next() {
      if (reader.cursor().hasReached(end)) {
        done = true;
        return lines();
      }
      for (var entry : reader.poll(PATIENCE).records()) {
        records++;
        used.computeIfAbsent(schemaId(entry.payload()), _ -> new Used()).add(entry);
      }
      if (System.nanoTime() - told < TELL_EVERY_NANOS)
        return new byte[0];
      told = System.nanoTime();
      return line(Map.of("counted", records));
    }

    private byte[] lines() {
      var lines = new ByteArrayOutputStream();
      var types = new TreeSet<String>();
      used.keySet().stream().filter(id -> id != UNFRAMED).forEach(id -> type(id).ifPresent(types::add));
      var told = new TreeSet<Integer>();
      for (var type : types) {
        for (var version : versions(type)) {
          told.add(version.id());
          lines.writeBytes(line(described(version, used.get(version.id()))));
        }
      }
      used.forEach((id, found) -> {
        if (!told.contains(id))
          lines.writeBytes(line(other(id, found)));
      });
      return lines.toByteArray();
    }
  }

  private static int schemaId(byte[] payload) {
    try {
      return EventCodec.schemaId(payload);
    } catch (SchemaException e) { // counted as such
      return UNFRAMED;
    }
  }

  private Optional<String> type(int id) {
    try {
      return Optional.of(registry.byId(id).getFullName());
    } catch (SchemaException e) {
      if (e.fault() == Fault.CALLER) // the registry has no such schema, or one that is none of Avro's
        return Optional.empty();
      throw e;
    }
  }

  /** Every version of a type, those of its major versions' subjects one after another. */
  private List<SchemaRegistry.Registered> versions(String type) {
    return registry.subjects().stream()
        .filter(subject -> subject.equals(type) || subject.matches("\\Q" + type + "\\E-\\d+"))
        .flatMap(subject -> registry.versions(subject).stream()
            .flatMap(version -> registry.version(subject, version).stream()))
        .toList();
  }

  private static Map<String, @Nullable Object> described(SchemaRegistry.Registered version,
      @Nullable Used found) {
    var line = new LinkedHashMap<String, @Nullable Object>();
    line.put("schemaId", version.id());
    line.put("subject", version.subject());
    line.put("version", version.version());
    add(line, found);
    return line;
  }

  private Map<String, @Nullable Object> other(int id, Used found) {
    var line = new LinkedHashMap<String, @Nullable Object>();
    line.put("schemaId", id == UNFRAMED ? null : id);
    var type = id == UNFRAMED ? Optional.<String>empty() : type(id);
    if (type.isPresent())
      line.put("type", type.get());
    else
      line.put("error",
          id == UNFRAMED ? "the payloads have no schema id" : "the registry has no such schema of Avro's");
    add(line, found);
    return line;
  }

  private static void add(Map<String, @Nullable Object> line, @Nullable Used found) {
    line.put("records", found == null ? 0L : found.records);
    if (found != null) {
      line.put("oldest", found.oldest.toString());
      line.put("newest", found.newest.toString());
    }
  }

  private byte[] line(Object what) {
    try {
      var bytes = new ByteArrayOutputStream();
      bytes.write(mapper.writeValueAsBytes(what));
      bytes.write('\n');
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
