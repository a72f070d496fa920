package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Keeps a second instance off a data folder. The system holds the lock for the process, so a process that was killed holds
 * none; what stands in the file only tells people who the owner is.
 */
final class FolderLock implements AutoCloseable {
  static final String FILE = "lock";

  /** Far behind the text, which others may then read on every system. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /** @throws DevException FOLDER_IN_USE, naming the process that has the folder */
  static FolderLock on(Path folder) {
    var file = folder.resolve(FILE);
    try {
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
          StandardOpenOption.WRITE);
      if (!locked(channel)) {
        channel.close();
        throw new DevException(Code.FOLDER_IN_USE, "the folder " + folder + " is in use by " + owner(file)
            + ": stop that instance, or choose another folder with --data-dir");
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(("process " + ProcessHandle.current().pid() + ", started at "
          + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\n").getBytes(StandardCharsets.UTF_8)), 0);
      return new FolderLock(channel);
    } catch (IOException e) {
      throw new DevException(Code.UNWRITABLE, "the folder " + folder + " cannot be locked (" + e
          + "): choose another folder with --data-dir", e);
    }
  }

  /** The lock goes with the channel. */
  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(LOCKED_BYTE, 1, false) != null;
    } catch (OverlappingFileLockException e) {
      return false; // by this very process
    }
  }

  private static String owner(Path file) throws IOException {
    var text = Files.readString(file).strip();
    return text.isEmpty() ? "another process" : text;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(FolderLock.class).warn("a lock was not given back: {}", e.toString());
    }
  }
}
