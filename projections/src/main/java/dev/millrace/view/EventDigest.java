package dev.millrace.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * What an event is known by: the first 16 bytes of the SHA-256 of its source and its id, which together are its own (CloudEvents
 * 1.0.2, {@code id}). Nobody finds two events that share them.
 */
record EventDigest(long high, long low) {
  static final int BYTES = 16;

  /** Of the record's event; empty where a foreign producer wrote no envelope, and nothing tells it from others. */
  static Optional<EventDigest> of(LogRecord record) {
    try {
      var envelope = record.envelope();
      var source = envelope.source().getBytes(UTF_8);
      var sha = sha256();
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, source.length));
      sha.update(source);
      return Optional.of(read(ByteBuffer.wrap(sha.digest(envelope.id().getBytes(UTF_8)))));
    } catch (LogException e) {
      if (e.code() == LogException.Code.MALFORMED)
        return Optional.empty();
      throw e;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static EventDigest read(ByteBuffer from) {
    return new EventDigest(from.getLong(), from.getLong());
  }

  void write(ByteBuffer to) {
    to.putLong(high).putLong(low);
  }
}
