package dev.millrace.log.kinesis;

import java.time.Duration;
import software.amazon.awssdk.services.kinesis.model.GetRecordsResponse;

/** The records of a shard by GetRecords, asked for ahead of who takes them, and no faster than the service allows. */
final class PolledShard implements ShardSource {
  private static final Duration CALL_SPACING = Duration.ofMillis(200);
  private static final long BYTES_PER_SECOND = 2L * 1024 * 1024;

  private final RecordCalls calls;
  private final Duration idlePause;

  /** @param idlePause how long a shard is left alone that has no more */
  PolledShard(RecordCalls calls, Duration idlePause) {
    this.calls = calls;
    this.idlePause = idlePause;
  }

  @Override
  public void follow(ShardReading reading, Arrivals.Inlet inlet) {
    var iterator = calls.iterator(reading);
    while (true) {
      inlet.requireOpen();
      var asked = reading.now();
      var begun = System.nanoTime();
      var answer = calls.records(reading.partition(), iterator, RecordCalls.MAX_RECORDS).orElse(null);
      if (answer == null) {
        iterator = calls.iterator(reading);
        continue;
      }
      reading.read(answer.records(), RecordCalls.isCaughtUp(answer), asked).ifPresent(inlet::put);
      var next = answer.nextShardIterator();
      if (next == null) {
        inlet.put(reading.end(calls.calls()));
        return;
      }
      iterator = next;
      calls.calls().pause("reading " + reading.partition(),
          pauseAfter(answer).minusNanos(System.nanoTime() - begun));
    }
  }

  /** Five calls and 2 MiB a second where there is more to read, and as many calls as may be shared with others where there is none. */
  private Duration pauseAfter(GetRecordsResponse answer) {
    var bytes = 0L;
    for (var record : answer.records())
      bytes += record.data().asByteArrayUnsafe().length;
    var forBytes = Duration.ofMillis(bytes * 1_000 / BYTES_PER_SECOND);
    var forCalls = RecordCalls.isCaughtUp(answer) || idlePause.compareTo(CALL_SPACING) < 0
        ? idlePause
        : CALL_SPACING;
    return forBytes.compareTo(forCalls) > 0 ? forBytes : forCalls;
  }
}
