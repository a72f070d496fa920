package dev.millrace.view;

import dev.millrace.log.LogRecord;
import dev.millrace.log.Partition;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.Fault;
import dev.millrace.schema.SchemaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/** Turns records into changes of rows, changing nothing itself; partitions side by side where there is much to do. */
final class Decoding<R extends Record> {
  /** Fewer records than these are decoded sooner than threads are started. */
  private static final int WORTH_THREADS = 1_000;

  private final Projection<R> projection;
  private final EventCodec codec;
  private final EventCodec.Decoder decoder;

  Decoding(Projection<R> projection, EventCodec codec) {
    this.projection = projection;
    this.codec = codec.forReader("view:" + projection.name(), projection.types());
    this.decoder = this.codec.decoder(projection.types());
  }

  /** From here on this thread folds what was decoded, by whatever threads. */
  void fold() {
    codec.handle();
  }

  /**
   * The records of a batch, in an order that is theirs within each partition.
   *
   * @throws SchemaException of the EXTERNAL kind, where the registry does not answer
   */
  List<Decoded<R>> decode(List<LogRecord> records) {
    if (records.size() < WORTH_THREADS)
      return decodeAll(records);
    var byPartition = new LinkedHashMap<Partition, List<LogRecord>>();
    for (var record : records)
      byPartition.computeIfAbsent(record.partition(), none -> new ArrayList<>()).add(record);
    return byPartition.size() == 1 ? decodeAll(records) : decodeSideBySide(byPartition);
  }

  private List<Decoded<R>> decodeSideBySide(Map<Partition, List<LogRecord>> byPartition) {
    var tasks = new ArrayList<Callable<List<Decoded<R>>>>();
    for (var records : byPartition.values())
      tasks.add(() -> decodeAll(records));
    var decoded = new ArrayList<Decoded<R>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var begun = tasks.stream().map(threads::submit).toList();
      begun.forEach(task -> decoded.addAll(Faults.result(task, "decoding")));
    }
    return decoded;
  }

  private List<Decoded<R>> decodeAll(List<LogRecord> records) {
    var decoded = new ArrayList<Decoded<R>>(records.size());
    for (var record : records)
      decoded.add(decode(record));
    return decoded;
  }

  private Decoded<R> decode(LogRecord record) {
    Event event;
    try {
      var maybe = decoder.decode(record.payload());
      if (maybe.isEmpty())
        return new Decoded.Ignored<>(record);
      event = maybe.get();
    } catch (SchemaException e) {
      if (e.fault() == Fault.EXTERNAL)
        throw e;
      return faulty(record, e.code().name(), e);
    } catch (RuntimeException e) {
      return faulty(record, "UNDECODABLE", e);
    }
    try {
      return new Decoded.Changes<>(record, event, changes(event));
    } catch (RuntimeException e) {
      return faulty(record, "KEY_FAILED", e);
    }
  }

  /** The changes that the payload's event makes; none where its type changes nothing. */
  List<Decoded.Keyed<R>> changes(byte[] payload) {
    return decoder.decode(payload).map(this::changes).orElse(List.of());
  }

  private List<Decoded.Keyed<R>> changes(Event event) {
    var keyed = new ArrayList<Decoded.Keyed<R>>(1);
    for (var handler : projection.handlers(event)) {
      for (var change : handler.changes(event)) {
        keyed.add(new Decoded.Keyed<>(projection.mapping().keyOf(change.key()), change));
      }
    }
    return keyed;
  }

  private Decoded<R> faulty(LogRecord record, String reason, RuntimeException e) {
    return new Decoded.Faulty<>(record, Failure.of(record, reason, e));
  }
}
