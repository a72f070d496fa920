package dev.millrace.log.kinesis;

import dev.millrace.log.Acknowledgements;
import dev.millrace.log.LogException;
import dev.millrace.log.Receipt;

/**
 * Has the caller of an entry told whose outcome is certain, and frees its room.
 */
record Told(BufferRoom room, Acknowledgements acknowledgements) implements StreamQueue.Outcomes {
  @Override
  public void appended(Outgoing entry, Receipt receipt) {
    acknowledgements.add(() -> entry.receipt().complete(receipt));
    room.give(entry.bytes());
  }

  @Override
  public void failed(Outgoing entry, LogException failure) {
    acknowledgements.add(() -> entry.receipt().completeExceptionally(failure));
    room.give(entry.bytes());
  }
}
