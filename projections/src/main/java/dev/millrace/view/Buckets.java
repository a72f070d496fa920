package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.DISK_FAILED;

import dev.millrace.log.LogRecord;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys whose rows do not fit in memory, by a hash of the key in {@value #COUNT} buckets. A bucket is two files: the rows as
 * they were when the bucket was put aside, and the payloads of the events since, in the order in which they were read. So each
 * bucket can be folded to its end by itself, one after another, in a fraction of the memory. Owned by one thread.
 */
final class Buckets<R extends Record> implements Folding.Elsewhere<R>, AutoCloseable {
  static final int COUNT = 256;
  private static final int AT_ONCE = 32;
  private static final int BUFFER = 1 << 14;
  private static final String ROWS = ".rows";
  private static final String EVENTS = ".events";

  private final Path folder;
  private final Projection<R> projection;
  private final Map<String, Output> outputs = new HashMap<>();
  private final Map<String, Long> done = new TreeMap<>();
  private final boolean[] taken = new boolean[COUNT];
  private int aside; // those before it are on disk
  private long bytes;

  /** A file that is written at its end. */
  private static final class Output extends OutputStream {
    private final FileOutputStream file;
    private final BufferedOutputStream buffer;
    private final DataOutputStream data = new DataOutputStream(this);
    private long length;

    /** @param length how much of the file there is counts */
    private Output(Path path, long length) throws IOException {
      this.file = new FileOutputStream(path.toFile(), true);
      file.getChannel().truncate(length); // what somebody wrote who crashed
      this.buffer = new BufferedOutputStream(file, BUFFER);
      this.length = length;
    }

    @Override
    public void write(int one) throws IOException {
      buffer.write(one);
      length++;
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
      buffer.write(from, offset, count);
      length += count;
    }

    @Override
    public void flush() throws IOException {
      buffer.flush();
    }

    /** What is in the buffer is lost. */
    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private Buckets(Path folder, Projection<R> projection) {
    this.folder = folder;
    this.projection = projection;
  }

  /** Empty ones, in a new folder that only this user can read. */
  static <R extends Record> Buckets<R> in(Path parent, Projection<R> projection) {
    try {
      Files.createDirectories(parent);
      return new Buckets<>(Files.createTempDirectory(parent, "millrace-" + projection.name() + "-"),
          projection);
    } catch (IOException e) {
      throw failure(parent, e);
    }
  }

  /**
   * Those of an earlier process, as long as they were then.
   *
   * @throws NoSuchFileException where they are not on this machine
   */
  static <R extends Record> Buckets<R> open(Path folder, Projection<R> projection, Map<String, Long> files)
      throws NoSuchFileException {
    var buckets = new Buckets<>(folder, projection);
    try {
      for (var one : new TreeMap<>(files).entrySet()) {
        var path = folder.resolve(one.getKey());
        if (!Files.exists(path) || Files.size(path) < one.getValue())
          throw new NoSuchFileException(path.toString());
        if (one.getKey().endsWith(ROWS))
          buckets.done.put(one.getKey(), one.getValue());
        else
          buckets.open(one.getKey(), one.getValue());
        buckets.bytes += one.getValue();
        buckets.aside = Math.max(buckets.aside, number(one.getKey()) + 1);
      }
    } catch (NoSuchFileException e) {
      buckets.close();
      throw e;
    } catch (IOException e) {
      buckets.close();
      throw failure(folder, e);
    }
    return buckets;
  }

  private static int number(String file) {
    return Integer.parseInt(file.substring(0, file.indexOf('.')));
  }

  private void open(String name, long length) throws IOException {
    outputs.put(name, new Output(folder.resolve(name), length));
  }

  Path folder() {
    return folder;
  }

  /** How many buckets are put aside. */
  int count() {
    return aside;
  }

  /** How long all files are. */
  long bytes() {
    return bytes;
  }

  /** Puts more buckets aside; false where all are. Their rows come next. */
  boolean more() {
    if (aside == COUNT)
      return false;
    try {
      int until = Math.min(COUNT, aside + AT_ONCE);
      for (int bucket = aside; bucket < until; bucket++) {
        open(bucket + ROWS, 0);
        open(bucket + EVENTS, 0);
      }
      aside = until;
      return true;
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  @Override
  public boolean has(RowKey key) {
    return aside > 0 && bucket(key) < aside;
  }

  private static int bucket(RowKey key) {
    int hash = key.hashCode() * 0x9e3779b9; // the table in memory uses the lower bits
    return hash >>> 24;
  }

  /** Takes the row of a key that was put aside just now. */
  void row(R row) {
    var mapping = projection.mapping();
    var stored = mapping.stored(row);
    append(bucket(mapping.key(stored)) + ROWS, out -> BinaryRow.write(out, mapping.columns(), stored));
  }

  /** All rows have come of the keys that were put aside. */
  void rowsDone() {
    sync().forEach((name, length) -> {
      if (name.endsWith(ROWS))
        done.put(name, length);
    });
    try {
      for (var name : done.keySet()) {
        var output = outputs.remove(name);
        if (output != null)
          output.close();
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  @Override
  public void take(LogRecord record, List<Decoded.Keyed<R>> changes) {
    for (int i = 0; i < changes.size(); i++) {
      int bucket = bucket(changes.get(i).key());
      if (bucket < aside && !taken[bucket]) {
        taken[bucket] = true; // once, whatever it changes there
        append(bucket + EVENTS, out -> {
          out.writeInt(record.payload().length);
          out.write(record.payload());
        });
      }
    }
    for (var change : changes)
      taken[bucket(change.key())] = false;
  }

  @FunctionalInterface
  private interface Writing {
    void on(DataOutputStream out) throws IOException;
  }

  private void append(String name, Writing writing) {
    var output = outputs.get(name);
    if (output == null)
      throw new IllegalStateException(name + " is not open");
    try {
      long before = output.length;
      writing.on(output.data);
      bytes += output.length - before;
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  /** Makes sure that all is on the disk, and answers how long each file is. */
  Map<String, Long> sync() {
    var lengths = new TreeMap<String, Long>(done);
    try {
      for (var one : outputs.entrySet()) {
        one.getValue().flush();
        one.getValue().file.getFD().sync();
        lengths.put(one.getKey(), one.getValue().length);
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
    return lengths;
  }

  /** Takes one event of a bucket: the changes of its rows. */
  @FunctionalInterface
  interface Taker<R extends Record> {
    void event(List<Decoded.Keyed<R>> changes) throws Folding.FoldFailed;
  }

  /** Reads a bucket: its rows into the folding, and then its events to the taker, in their order. */
  void read(int bucket, Decoding<R> decoding, Folding<R> folding, Taker<R> taker)
      throws Folding.FoldFailed {
    var mapping = projection.mapping();
    try (var rows = input(bucket + ROWS); var events = input(bucket + EVENTS)) {
      while (more(rows)) {
        var stored = BinaryRow.read(rows, mapping.columns());
        folding.put(mapping.key(stored), mapping.row(stored));
      }
      while (more(events)) {
        var changes = decoding.changes(events.readNBytes(events.readInt()));
        taker.event(changes.stream().filter(change -> bucket(change.key()) == bucket).toList());
      }
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  private DataInputStream input(String name) throws IOException {
    return new DataInputStream(
        new BufferedInputStream(Files.newInputStream(folder.resolve(name)), 1 << 16));
  }

  private static boolean more(DataInputStream in) throws IOException {
    in.mark(1);
    if (in.read() < 0)
      return false;
    in.reset();
    return true;
  }

  /** Closes the files, which stay. */
  @Override
  public void close() {
    for (var output : outputs.values()) {
      try {
        output.close(); // what is not synchronised is nobody's
      } catch (IOException e) {
        throw failure(folder, e);
      }
    }
    outputs.clear();
  }

  /** Takes a folder of buckets away, if it is there. */
  static void delete(Path folder) {
    if (!Files.isDirectory(folder))
      return;
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList())
        Files.delete(file);
    } catch (IOException e) {
      throw failure(folder, e);
    }
  }

  private static ViewException failure(Path folder, IOException e) {
    var what = e instanceof EOFException ? "a file ends too early" : e.getMessage();
    return new ViewException(DISK_FAILED, "the rows that do not fit in memory cannot be kept in " + folder
        + ": " + what + "; make room there, or name another folder", e);
  }
}
