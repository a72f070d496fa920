package dev.millrace.log.kinesis;

import dev.millrace.log.Acknowledgements;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/**
 * The writer on Kinesis. PutRecords may refuse any record of a call and take a later one of the same key; so at most one
 * attempt in flight holds a key, and what was refused is sent again before anything that follows it on that key
 * ({@link StreamQueue}; P1). A receipt is given for what the service acknowledged (P2). Where an acknowledgement is lost,
 * the entry is sent again with the same event id, and may then stand in the log twice. An entry that fails fails what waits
 * behind it on its key, unsent, so that a caller who appends it all again has it all in order. What is appended to the key
 * after that is taken or not as {@link AfterFailure} says; where it goes on, the failed entry is missing before it unless
 * the caller looked at its receipt.
 *
 * <p>What is chained to a future that was not complete yet runs on one virtual thread of this writer, in the order of
 * the acknowledgements. It may block, but what it waits for must not be an acknowledgement of this same writer.
 */
final class KinesisLogWriter implements LogWriter {
  private final KinesisAsyncClient client;
  private final ShardDirectory directory;
  private final KinesisFailures failures;
  private final AfterFailure afterFailure;
  private final BufferRoom room;
  private final Acknowledgements acknowledgements = new Acknowledgements();
  private final Map<StreamName, StreamSender> senders = new ConcurrentHashMap<>();
  private volatile boolean closed;

  KinesisLogWriter(KinesisAsyncClient client, ShardDirectory directory, KinesisFailures failures,
      AfterFailure afterFailure) {
    this.client = client;
    this.directory = directory;
    this.failures = failures;
    this.afterFailure = afterFailure;
    this.room = new BufferRoom(failures.config().bufferBytes());
  }

  @Override
  public CompletableFuture<Receipt> append(LogEntry entry) {
    if (closed)
      throw new IllegalStateException("this writer is closed");
    try {
      var sender = senders.get(entry.stream());
      if (sender == null)
        sender = senders.computeIfAbsent(entry.stream(), this::sender);
      if (closed)
        sender.close();
      var outgoing = new Outgoing(entry);
      requireSize(entry, outgoing);
      room.take(outgoing.bytes());
      try {
        sender.add(outgoing);
      } catch (IllegalStateException | LogException e) {
        room.give(outgoing.bytes());
        throw e;
      }
      return outgoing.receipt();
    } catch (LogException e) {
      return CompletableFuture.failedFuture(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CompletableFuture.failedFuture(failures.of(appending(entry), e));
    }
  }

  private StreamSender sender(StreamName stream) {
    var queue = new StreamQueue(stream, failures, directory.shards(stream), new Told(room, acknowledgements),
        afterFailure, () -> ThreadLocalRandom.current().nextLong());
    var sender = new StreamSender(directory.serviceName(stream), client, () -> directory.refresh(stream),
        queue);
    sender.start();
    return sender;
  }

  private void requireSize(LogEntry entry, Outgoing outgoing) {
    var most = failures.config().maxRecordBytes();
    if (outgoing.bytes() > most)
      throw new LogException(LogException.Code.TOO_LARGE,
          failures.config() + " takes no record of this size: " + appending(entry) + " (" + outgoing.bytes()
              + " bytes with its envelope and key, " + most
              + " at most). Publish less in one event, or raise maxRecordBytes where the stream allows more.");
  }

  private static String appending(LogEntry entry) {
    return "appending to the stream " + entry.stream() + " under the key '" + entry.key() + "'";
  }

  @Override
  public void flush() {
    if (acknowledgements.isTeller(Thread.currentThread()))
      throw new IllegalStateException("a callback of this writer waits for it: it would wait for itself");
    senders.values().forEach(StreamSender::flush);
    acknowledgements.await();
  }

  @Override
  public void close() {
    closed = true;
    senders.values().forEach(StreamSender::close);
    senders.values().forEach(StreamSender::flush);
    if (!acknowledgements.isTeller(Thread.currentThread()))
      acknowledgements.await();
  }
}
