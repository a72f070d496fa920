package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Reads what {@link WireOutput} writes, from bytes that anybody may have written: nothing is allocated before the bytes for
 * it are known to be there. Every method throws {@link IllegalArgumentException} where they are not what they should be.
 * Does not move the buffer it reads.
 */
final class WireInput {
  private final ByteBuffer bytes;

  WireInput(ByteBuffer bytes) {
    this.bytes = bytes.slice();
  }

  int remaining() {
    return bytes.remaining();
  }

  int readByte() {
    if (!bytes.hasRemaining())
      throw new IllegalArgumentException("it ends in the middle");
    return bytes.get() & 0xFF;
  }

  long readVarint() {
    var value = 0L;
    for (var shift = 0; shift < 64; shift += 7) {
      var next = readByte();
      value |= (next & 0x7FL) << shift;
      if (next < 0x80) {
        if (shift == 63 && next > 1)
          throw new IllegalArgumentException("a number is longer than 64 bits");
        return value;
      }
    }
    throw new IllegalArgumentException("a number is longer than 64 bits");
  }

  /** Avro's long. */
  long readLong() {
    var raw = readVarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** The bytes after an Avro long that says how many; shared, not copied. */
  ByteBuffer readBytes() {
    return read(readLong());
  }

  /** The next bytes; shared, not copied. */
  ByteBuffer read(long length) {
    if (length < 0 || length > bytes.remaining())
      throw new IllegalArgumentException(
          "it claims " + length + " bytes where " + bytes.remaining() + " are left");
    var read = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    return read;
  }

  static String text(ByteBuffer utf8) {
    try {
      return UTF_8.newDecoder().decode(utf8.duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text is no UTF-8", e);
    }
  }

  static byte[] copy(ByteBuffer bytes) {
    var copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return copy;
  }
}
