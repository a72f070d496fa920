package dev.millrace.bench;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/** Counts the calls that put records. Safe for use by many threads. */
final class PutCalls implements ExecutionInterceptor {
  private static final int UNIT = 25 * 1024;

  private final LongAdder calls = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder units = new LongAdder();
  private final List<PutRecordsRequest> requests = new CopyOnWriteArrayList<>();

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
    if (!(context.request() instanceof PutRecordsRequest request))
      return;
    requests.add(request);
    add(context.requestBody().flatMap(RequestBody::optionalContentLength)
        .or(() -> context.httpRequest().firstMatchingHeader("Content-Length").map(Long::valueOf))
        .orElseThrow(() -> new IllegalStateException("a call does not say how long it is")),
        request.records().stream().mapToInt(entry -> entry.data().asByteArrayUnsafe().length));
  }

  /**
   * Counts a call.
   *
   * @param length of its body, in bytes
   * @param records the length of each record's data, in bytes
   */
  void add(long length, IntStream records) {
    calls.increment();
    bytes.add(length);
    units.add(records.map(record -> Math.ceilDiv(record, UNIT)).sum());
  }

  long calls() {
    return calls.sum();
  }

  /** Of the calls' bodies. */
  long bytes() {
    return bytes.sum();
  }

  long units() {
    return units.sum();
  }

  /** The records of all calls so far. */
  List<PutRecordsRequestEntry> records() {
    return requests.stream().flatMap(request -> request.records().stream()).toList();
  }

  void reset() {
    calls.reset();
    bytes.reset();
    units.reset();
    requests.clear();
  }
}
