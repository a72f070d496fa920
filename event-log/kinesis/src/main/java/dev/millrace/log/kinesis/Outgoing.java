package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.LogEntry;
import dev.millrace.log.Receipt;
import java.math.BigInteger;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One append under way: what is sent for it, and what its caller was promised. Owned by its {@link StreamQueue}. */
final class Outgoing {
  private final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
  private final String key;
  private final String eventId;
  private final Instant since = Instant.ofEpochMilli(System.currentTimeMillis());
  private final String partitionKey;
  private final BigInteger hashKey;
  private final byte[] data;
  private final int bytes;
  private long number;
  private long addedAt;
  private boolean alone;
  private @Nullable Throwable lastFailure;

  Outgoing(LogEntry entry) {
    this.key = entry.key();
    this.eventId = entry.envelope().id();
    this.partitionKey = HashKey.partitionKey(entry.key());
    this.hashKey = HashKey.of(partitionKey);
    this.data = CloudEventFrame.encode(entry);
    this.bytes = data.length + partitionKey.getBytes(UTF_8).length;
  }

  CompletableFuture<Receipt> receipt() {
    return receipt;
  }

  String key() {
    return key;
  }

  String eventId() {
    return eventId;
  }

  /** Before it can have been appended. */
  Instant since() {
    return since;
  }

  String partitionKey() {
    return partitionKey;
  }

  BigInteger hashKey() {
    return hashKey;
  }

  byte[] data() {
    return data;
  }

  /** What the service counts of it where it is a record on its own: data and partition key. */
  int bytes() {
    return bytes;
  }

  /** It has been added, as the one of this number of its stream. */
  void added(long number, long now) {
    this.number = number;
    this.addedAt = now;
  }

  long number() {
    return number;
  }

  long addedAt() {
    return addedAt;
  }

  /** From now on it shares no record with others: the service refuses one that it was in. */
  void separate() {
    alone = true;
  }

  boolean isAlone() {
    return alone;
  }

  void attemptFailed(Throwable failure) {
    lastFailure = failure;
  }

  @Nullable
  Throwable lastFailure() {
    return lastFailure;
  }
}
