package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A folder that a server keeps its data in: one that stays, or a temporary one that goes when the server stops. */
record DataFolder(Path path, boolean temporary) {
  /** Below this a server may stop half way through its start. */
  static final long LEAST_FREE_BYTES = 200L << 20;

  /**
   * The folder asked for, or a temporary one.
   *
   * @throws DevException UNWRITABLE or NO_SPACE, naming the folder
   */
  static DataFolder of(@Nullable Path asked, String server) {
    if (asked == null) {
      return new DataFolder(TemporaryFolders.create(server), true);
    }
    return new DataFolder(open(asked), false);
  }

  /** Makes the folder where there is none and checks that it can be written to and has room. */
  static Path open(Path asked) {
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

  /** Removes a temporary folder; leaves any other. */
  void release() {
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
