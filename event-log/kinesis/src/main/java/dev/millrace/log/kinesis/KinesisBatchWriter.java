package dev.millrace.log.kinesis;

import dev.millrace.log.BatchWriter;
import dev.millrace.log.LogEntry;
import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.LogWriter;
import dev.millrace.log.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The batch writer on Kinesis: the mark, in the database, is moved when the whole batch is acknowledged. Where that was not
 * to be, the log may hold a part of the batch, and holds it again when the next writer of the name appends it: under the
 * same event ids. A writer that is fenced in the middle of a batch may still append the rest of it. After a failure it takes
 * no more.
 */
final class KinesisBatchWriter implements BatchWriter {
  private final String name;
  private final LogWriter writer;
  private final Marks marks;
  private final long epoch;
  private Optional<String> mark;
  private @Nullable LogException failure;

  private KinesisBatchWriter(String name, LogWriter writer, Marks marks, Marks.Taken taken) {
    this.name = name;
    this.writer = writer;
    this.marks = marks;
    this.epoch = taken.epoch();
    this.mark = taken.mark();
  }

  /**
   * Takes the name: the writer that had it is fenced from here on.
   *
   * @param writer one that stops at the first failure, as a receipt tells of it too late to keep the next entry back
   */
  static KinesisBatchWriter open(String name, Supplier<LogWriter> writer, Marks marks) {
    var taken = marks.take(name);
    return new KinesisBatchWriter(name, writer.get(), marks, taken);
  }

  @Override
  public Optional<String> mark() {
    return mark;
  }

  @Override
  public void append(List<LogEntry> entries, String mark) {
    var before = failure;
    if (before != null)
      throw new LogException(before.code(), "the batch writer '" + name
          + "' has failed before and takes no more: open another and ask it for its mark", before);
    try {
      if (!entries.isEmpty() && !marks.isHeld(name, epoch))
        throw fenced();
      write(entries);
      if (!marks.move(name, epoch, mark))
        throw fenced();
      this.mark = Optional.of(mark);
    } catch (LogException e) {
      failure = e;
      throw e;
    }
  }

  /**
   * Returns, or throws, when nothing of the batch is under way any more. As the writer stops at a failure, so does the batch:
   * the next writer repeats it whole, and what went after a failed entry of its key would have overtaken it.
   */
  private void write(List<LogEntry> entries) {
    var receipts = new ArrayList<CompletableFuture<Receipt>>(entries.size());
    for (var entry : entries) {
      var receipt = writer.append(entry);
      receipts.add(receipt);
      if (receipt.isCompletedExceptionally())
        break;
    }
    writer.flush();
    for (var receipt : receipts)
      await(receipt);
  }

  private void await(CompletableFuture<Receipt> receipt) {
    try {
      receipt.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof LogException known)
        throw known;
      throw new LogException(Code.INTERNAL,
          "defect while appending a batch of the batch writer '" + name + "'",
          e.getCause());
    }
  }

  private LogException fenced() {
    return new LogException(Code.FENCED, "another writer of the name '" + name
        + "' has taken over, so this one stopped: open another and ask it for its mark");
  }

  @Override
  public void close() {
    writer.close();
  }
}
