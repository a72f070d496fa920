package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A folder that this process alone works on: one that stays, or a temporary one that goes when its user is done. */
record DataFolder(Path path, boolean temporary, FolderLock lock) implements AutoCloseable {
  /** Below this a server may stop half way through its start. */
  static final long LEAST_FREE_BYTES = 200L << 20;

  /**
   * The folder asked for, or a temporary one.
   *
   * @throws DevException UNWRITABLE, NO_SPACE or FOLDER_IN_USE, naming the folder
   */
  static DataFolder of(@Nullable Path asked, String server) {
    var path = open(asked == null ? TemporaryFolders.create(server) : asked);
    return new DataFolder(path, asked == null, FolderLock.on(path));
  }

  /** Makes the folder where there is none and checks that it can be written to and has room. */
  private static Path open(Path asked) {
    var path = asked.toAbsolutePath().normalize();
    try {
      Files.createDirectories(path);
      Files.delete(Files.createTempFile(path, "written", ".try"));
      long free = Files.getFileStore(path).getUsableSpace();
      if (free < LEAST_FREE_BYTES) {
        throw new DevException(Code.NO_SPACE, "the disk of " + path + " has " + (free >> 20)
            + " MB left, and at least " + (LEAST_FREE_BYTES >> 20)
            + " MB are needed: make room, or choose another folder with --data-dir");
      }
      return path;
    } catch (IOException e) {
      throw new DevException(Code.UNWRITABLE, "the folder " + path + " cannot be written to (" + e
          + "): give this user the right to, or choose another folder with --data-dir", e);
    }
  }

  /** Writes a small file so that a crash leaves the old one or the new one. */
  static void write(Path file, String text) throws IOException {
    var whole = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(whole, text);
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Gives the folder up, and removes it where it is temporary. Again is nothing. */
  @Override
  public void close() {
    lock.close();
    if (temporary) {
      delete(path);
    }
  }

  /** Removes a folder and all that is in it; what is gone already, or cannot be removed, is passed over. */
  static void delete(Path folder) {
    try {
      Files.walkFileTree(folder, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.deleteIfExists(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
            throws IOException {
          Files.deleteIfExists(directory);
          return FileVisitResult.CONTINUE;
        }
      });
    } catch (NoSuchFileException e) {
      // Gone already, which is what was wanted.
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(DataFolder.class).warn("left over: {} ({})", folder, e.toString());
    }
  }
}
