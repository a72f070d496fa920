package dev.millrace.streams;

import static dev.millrace.streams.StreamAppException.Code.FOREIGN_RECORD;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what {@link WireOut} wrote. */
final class WireIn {
  private final ByteBuffer buffer;
  private final String what;

  WireIn(byte[] bytes, String what) {
    this.buffer = ByteBuffer.wrap(bytes);
    this.what = what;
  }

  byte readByte() {
    return guarded(buffer::get);
  }

  int readInt() {
    return guarded(buffer::getInt);
  }

  long readLong() {
    return guarded(buffer::getLong);
  }

  String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  List<String> texts(int count) {
    var texts = new ArrayList<String>(Math.min(count, buffer.remaining()));
    for (int i = 0; i < count; i++)
      texts.add(text());
    return texts;
  }

  byte[] bytes() {
    var bytes = bytesOrNull();
    if (bytes == null)
      throw foreign();
    return bytes;
  }

  byte @Nullable [] bytesOrNull() {
    int length = readInt();
    if (length == -1)
      return null;
    if (length < 0 || length > buffer.remaining())
      throw foreign();
    var bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  StreamAppException foreign() {
    return new StreamAppException(FOREIGN_RECORD, what + " of " + buffer.limit()
        + " bytes is not what this version writes: reset the app's internal topics before running another version");
  }

  private <T> T guarded(Supplier<T> read) {
    try {
      return read.get();
    } catch (BufferUnderflowException short1) {
      throw foreign();
    }
  }
}
