package dev.millrace.schema;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/**
 * Reads Avro's binary encoding from one payload, which is not trusted: nothing is allocated before the bytes for it are
 * known to be there, items that take no bytes are counted against a budget, and records nest only so deep. Owned by one
 * thread.
 */
final class AvroInput {
  /** How many items that take no bytes, such as nulls in an array, one payload may hold. */
  static final int MAX_EMPTY_ITEMS = 8_192;
  /** How deep records may stand in each other. */
  static final int MAX_DEPTH = 200;

  private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class,
      ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class,
      ByteOrder.LITTLE_ENDIAN);
  private static final long NOT_ASCII = 0x8080808080808080L;

  private final byte[] bytes;
  private int position;
  private int emptyItems;
  private int depth;

  AvroInput(byte[] bytes, int position) {
    this.bytes = bytes;
    this.position = position;
  }

  int remaining() {
    return bytes.length - position;
  }

  /** Called on the way into a record. */
  void enter() {
    if (++depth > MAX_DEPTH) {
      throw PathException.malformed("records stand in each other more than " + MAX_DEPTH + " deep");
    }
  }

  /** Called on the way out of a record. */
  void leave() {
    depth--;
  }

  boolean readBoolean() {
    need(1);
    byte value = bytes[position++];
    if (value != 0 && value != 1) {
      throw PathException.malformed("a boolean is 0 or 1, not " + value);
    }
    return value == 1;
  }

  int readInt() {
    long value = readLong();
    if (value != (int) value) {
      throw PathException.malformed(value + " is no int");
    }
    return (int) value;
  }

  long readLong() {
    int at = position;
    byte[] in = bytes;
    if (at < in.length && in[at] >= 0) {
      position = at + 1;
      return (in[at] >>> 1) ^ -(long) (in[at] & 1);
    }
    long raw = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == in.length) {
        throw truncated("a number", 1);
      }
      byte next = in[at++];
      raw |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        if (shift == 63 && next > 1) {
          break;
        }
        position = at;
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    throw PathException.malformed("a number has more than 64 bits");
  }

  float readFloat() {
    need(4);
    int bits = (int) INT.get(bytes, position);
    position += 4;
    return Float.intBitsToFloat(bits);
  }

  double readDouble() {
    need(8);
    long bits = (long) LONG.get(bytes, position);
    position += 8;
    return Double.longBitsToDouble(bits);
  }

  String readString() {
    int length = readLength();
    int start = position;
    position += length;
    if (isAscii(start, position)) {
      return new String(bytes, start, length, ISO_8859_1);
    }
    var text = new String(bytes, start, length, UTF_8);
    // The constructor puts U+FFFD for what is not UTF-8; only a text that has one needs the slow, strict decoder.
    if (text.indexOf('\uFFFD') >= 0) {
      try {
        UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, start, length));
      } catch (CharacterCodingException e) {
        throw PathException.malformed("a text of " + length + " bytes is not UTF-8");
      }
    }
    return text;
  }

  byte[] readBytes() {
    return readFixed(readLength());
  }

  byte[] readFixed(int length) {
    need(length);
    int start = position;
    position += length;
    return Arrays.copyOfRange(bytes, start, position);
  }

  /** Reads a number of one to eight bytes, the highest first, in two's complement. */
  long readUnscaled(int length) {
    need(length);
    long value = bytes[position++];
    for (int i = 1; i < length; i++) {
      value = value << 8 | (bytes[position++] & 0xFF);
    }
    return value;
  }

  void skip(int length) {
    need(length);
    position += length;
  }

  /** Reads how long a text or bytes are; that many are there. */
  int readLength() {
    long length = readLong();
    if (length < 0) {
      throw PathException.malformed("a length is " + length);
    }
    if (length > remaining()) {
      throw truncated("a text or bytes", length);
    }
    return (int) length;
  }

  /**
   * Reads how many items the next block of an array or a map has; 0 is the end.
   *
   * @param minimum how many bytes an item takes at least, as its writer's schema has it
   */
  int readBlock(int minimum) {
    long count = readLong();
    if (count < 0) {
      long size = readLong();
      if (size < 0 || count == Long.MIN_VALUE) {
        throw PathException.malformed("a block has " + count + " items in " + size + " bytes");
      }
      if (size > remaining()) {
        throw truncated("a block", size);
      }
      count = -count;
    }
    if (minimum == 0) {
      if (count > MAX_EMPTY_ITEMS - emptyItems) {
        throw PathException
            .malformed(count + " items take no bytes; at most " + MAX_EMPTY_ITEMS + " such are read");
      }
      emptyItems += (int) count;
    } else if (count > remaining() / minimum) {
      throw new PathException(SchemaException.Code.TRUNCATED,
          "a block claims " + count + " items of at least "
              + minimum + " bytes, but " + remaining() + " bytes are left");
    }
    return (int) count;
  }

  private boolean isAscii(int from, int to) {
    int at = from;
    for (; at <= to - 8; at += 8) {
      if (((long) LONG.get(bytes, at) & NOT_ASCII) != 0)
        return false;
    }
    for (; at < to; at++) {
      if (bytes[at] < 0)
        return false;
    }
    return true;
  }

  private void need(int length) {
    if (length > bytes.length - position) {
      throw truncated("the next value", length);
    }
  }

  private PathException truncated(String what, long length) {
    return new PathException(SchemaException.Code.TRUNCATED,
        what + " takes " + length + " bytes, but " + remaining() + " are left");
  }
}
