package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Writes what Avro's binary encoding and protobuf have in common: numbers of seven bits a byte, and lengths before bytes. */
final class WireOutput {
  private byte[] bytes;
  private int size;

  WireOutput(int expectedSize) {
    this.bytes = new byte[expectedSize];
  }

  /** How many bytes {@link #writeVarint} takes for this number. */
  static int varintSize(long value) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
  }

  WireOutput writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  /** An unsigned number, the lowest seven bits first. */
  WireOutput writeVarint(long value) {
    ensure(10);
    var rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
    return this;
  }

  /** Avro's long: signed, zig-zag, so that small negative ones are short too. */
  WireOutput writeLong(long value) {
    return writeVarint((value << 1) ^ (value >> 63));
  }

  WireOutput writeString(String value) {
    return writeBytes(value.getBytes(UTF_8));
  }

  /** Avro's string and bytes: the length as its long, then the bytes. */
  WireOutput writeBytes(byte[] value) {
    return writeLong(value.length).writeRaw(value, 0, value.length);
  }

  WireOutput writeRaw(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
    return this;
  }

  byte[] toByteArray() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    if (more > bytes.length - size)
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length + (bytes.length >> 1)));
  }
}
