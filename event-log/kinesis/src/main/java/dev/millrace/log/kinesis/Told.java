package dev.millrace.log.kinesis;

import dev.millrace.log.Acknowledgements;
import dev.millrace.log.LogException;
import dev.millrace.log.Receipt;

/**
 * Has the caller of an entry told whose outcome is certain, and frees its room. What waits to be told, perhaps for long, does
 * not keep the entry: its data has no room any more.
 */
record Told(BufferRoom room, Acknowledgements acknowledgements) implements StreamQueue.Outcomes {
  @Override
  public void appended(Outgoing entry, Receipt receipt) {
    var promised = entry.receipt();
    acknowledgements.add(() -> promised.complete(receipt));
    room.give(entry.bytes());
  }

  @Override
  public void failed(Outgoing entry, LogException failure) {
    var promised = entry.receipt();
    acknowledgements.add(() -> promised.completeExceptionally(failure));
    room.give(entry.bytes());
  }
}
