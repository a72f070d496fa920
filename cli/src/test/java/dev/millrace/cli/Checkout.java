package dev.millrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Folders that look to the launcher like a checkout of its own. */
final class Checkout {
  private static final Path TARGET = Launched.HOME.resolve("cli/target");

  private Checkout() {}

  /** One that is not built. */
  static Path unbuilt(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("cli/src/main/java"));
    Files.copy(Launched.HOME.resolve("millrace"), folder.resolve("millrace"),
        StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(folder.resolve("pom.xml"), "<project/>");
    return folder;
  }

  /** One that has what this build has packaged. */
  static Path built(Path folder) throws IOException {
    unbuilt(folder);
    Path target = Files.createDirectories(folder.resolve("cli/target"));
    Files.createSymbolicLink(target.resolve("app"), TARGET.resolve("app"));
    Files.copy(TARGET.resolve("millrace-cli.jar"), target.resolve("millrace-cli.jar"));
    Files.writeString(target.resolve("built"), "a-test\n");
    return folder;
  }

  /** A shell command that leaves the folder as a build would. */
  static String buildCommand(Path folder) {
    Path target = folder.resolve("cli/target");
    return "mkdir -p '" + target + "' && ln -s '" + TARGET.resolve("app") + "' '" + target + "/app' && cp '"
        + TARGET.resolve("millrace-cli.jar") + "' '" + target + "' && echo a-test >'" + target + "/built'";
  }

  static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static Path awaitFile(Path folder, String glob) {
    return Awaitility.await(glob).until(() -> {
      if (!Files.isDirectory(folder))
        return Stream.<Path>empty().findFirst();
      try (var found = Files.newDirectoryStream(folder, glob)) {
        var files = found.iterator();
        return files.hasNext() ? java.util.Optional.of(files.next()) : java.util.Optional.<Path>empty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }, java.util.Optional::isPresent).orElseThrow();
  }
}
