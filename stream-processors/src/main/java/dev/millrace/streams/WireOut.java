package dev.millrace.streams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes intermediate records: numbers big-endian, texts in UTF-8, texts and bytes after their length. */
final class WireOut {
  private ByteBuffer buffer = ByteBuffer.allocate(256);

  void header(char kind, long event, int table, int partition, int count) {
    room(21);
    buffer.put((byte) kind).putLong(event).putInt(table).putInt(partition).putInt(count);
  }

  void number(long value) {
    room(8);
    buffer.putLong(value);
  }

  void number(int value) {
    room(4);
    buffer.putInt(value);
  }

  void text(String text) {
    bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      number(-1);
      return;
    }
    room(4 + bytes.length);
    buffer.putInt(bytes.length).put(bytes);
  }

  byte[] toByteArray() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      var larger = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + bytes));
      buffer = larger.put(buffer.flip());
    }
  }
}
