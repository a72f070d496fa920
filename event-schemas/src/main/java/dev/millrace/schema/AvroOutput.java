package dev.millrace.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/** Writes Avro's binary encoding into a buffer that grows and is used again. Owned by one thread at a time. */
final class AvroOutput {
  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class,
      ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class,
      ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[512];
  private int size;
  private int depth;

  void reset() {
    size = 0;
    depth = 0;
  }

  int capacity() {
    return bytes.length;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Called on the way into a record. */
  void enter() {
    if (++depth > AvroInput.MAX_DEPTH) {
      throw PathException.misfit("records stand in each other more than " + AvroInput.MAX_DEPTH + " deep");
    }
  }

  /** Called on the way out of a record. */
  void leave() {
    depth--;
  }

  /** Writes {@code 0x00} and the id, big-endian. */
  void writeFrame(int schemaId) {
    ensure(5);
    bytes[size] = 0;
    INT.set(bytes, size + 1, Integer.reverseBytes(schemaId));
    size += 5;
  }

  void writeBoolean(boolean value) {
    ensure(1);
    bytes[size++] = (byte) (value ? 1 : 0);
  }

  void writeInt(int value) {
    writeLong(value);
  }

  void writeLong(long value) {
    ensure(10);
    byte[] out = bytes;
    int at = size;
    long raw = (value << 1) ^ (value >> 63);
    while ((raw & ~0x7FL) != 0) {
      out[at++] = (byte) (raw | 0x80);
      raw >>>= 7;
    }
    out[at++] = (byte) raw;
    size = at;
  }

  void writeFloat(float value) {
    ensure(4);
    INT.set(bytes, size, Float.floatToRawIntBits(value));
    size += 4;
  }

  void writeDouble(double value) {
    ensure(8);
    LONG.set(bytes, size, Double.doubleToRawLongBits(value));
    size += 8;
  }

  void writeString(String value) {
    int length = value.length();
    ensure(10 + length);
    int before = size;
    writeLong(length);
    byte[] out = bytes;
    int start = size;
    for (int i = 0; i < length; i++) {
      char next = value.charAt(i);
      if (next >= 0x80) {
        size = before;
        writeEncoded(value);
        return;
      }
      out[start + i] = (byte) next;
    }
    size = start + length;
  }

  private void writeEncoded(String value) {
    byte[] encoded = value.getBytes(UTF_8);
    // getBytes puts '?' for half a surrogate pair; only a text that may hold one needs the slow, strict encoder.
    if (value.chars().anyMatch(unit -> Character.isSurrogate((char) unit))) {
      try {
        UTF_8.newEncoder().encode(CharBuffer.wrap(value));
      } catch (CharacterCodingException e) {
        throw PathException.misfit("the text has half of a surrogate pair, which UTF-8 cannot say");
      }
    }
    writeLong(encoded.length);
    writeFixed(encoded);
  }

  void writeBytes(ByteBuffer value) {
    writeLong(value.remaining());
    writeFixed(value);
  }

  void writeFixed(ByteBuffer value) {
    int length = value.remaining();
    ensure(length);
    value.get(value.position(), bytes, size, length);
    size += length;
  }

  void writeFixed(byte[] value) {
    ensure(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  /** Writes the lowest bytes of a number, the highest of them first. */
  void writeLowBytes(long value, int count) {
    ensure(count);
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >> shift);
    }
  }

  private void ensure(int more) {
    if (more > bytes.length - size) {
      bytes = Arrays.copyOf(bytes,
          Math.max(Math.addExact(size, more), (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
    }
  }
}
