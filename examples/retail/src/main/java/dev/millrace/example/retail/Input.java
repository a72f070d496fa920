package dev.millrace.example.retail;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/** Where the invoices come from: a file, gzipped or not, or the generated shop. */
final class Input {
  private static final int GZIP_MAGIC = 0x1f8b;

  private final Optional<Path> file;
  private final long size;
  private final AtomicLong read = new AtomicLong();

  private Input(Optional<Path> file, long size) {
    this.file = file;
    this.size = size;
  }

  /**
   * @throws IllegalArgumentException where there is no such file, or it cannot be read
   * @throws IOException where the file's size cannot be asked for
   */
  static Input of(Optional<Path> file) throws IOException {
    if (file.isPresent() && !(Files.isRegularFile(file.get()) && Files.isReadable(file.get()))) {
      throw new IllegalArgumentException(
          "there is no file " + file.get() + " that can be read: give --input the invoices "
              + "as CSV, gzipped or not, or leave it out for the generated shop");
    }
    return new Input(file, file.isPresent() ? Files.size(file.get()) : GeneratedShop.csv().length());
  }

  /** What tells this input from another: a data folder goes on with the input it began with. */
  String identity() {
    return file.map(path -> path.getFileName() + ", " + size + " bytes").orElse("generated shop");
  }

  /** The share of the input that was read, from 0 to 1. */
  double progress() {
    return size == 0 ? 1 : Math.min(1, (double) read.get() / size);
  }

  /** Opens it at its beginning. */
  BufferedReader open() throws IOException {
    read.set(0);
    InputStream bytes = new BufferedInputStream(
        new Counting(file.isPresent()
            ? Files.newInputStream(file.get())
            : new ByteArrayInputStream(GeneratedShop.csv().getBytes(StandardCharsets.UTF_8))),
        1 << 16);
    bytes.mark(2);
    int magic = bytes.read() << 8 | bytes.read();
    bytes.reset();
    if (magic == GZIP_MAGIC)
      bytes = new GZIPInputStream(bytes, 1 << 16);
    return new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8), 1 << 16);
  }

  private final class Counting extends FilterInputStream {
    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      if (value >= 0)
        read.incrementAndGet();
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      if (count > 0)
        read.addAndGet(count);
      return count;
    }
  }
}
