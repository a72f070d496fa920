package dev.millrace.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Folders of a Git repository as they stood at a commit, in a temporary folder that goes when this is closed. */
final class GitCheckout implements AutoCloseable {
  private final Path root;
  private final List<Path> folders = new ArrayList<>();

  private GitCheckout(Path root) {
    this.root = root;
  }

  static GitCheckout of(String ref, List<Path> folders) throws IOException {
    var checkout = new GitCheckout(Files.createTempDirectory("millrace-schemas-"));
    try {
      for (int i = 0; i < folders.size(); i++)
        checkout.add(ref, folders.get(i).toAbsolutePath(), checkout.root.resolve(String.valueOf(i)));
      return checkout;
    } catch (IOException | RuntimeException e) {
      checkout.close();
      throw e;
    }
  }

  /** Whether a folder is in a repository that has a commit; not where there is no {@code git}. */
  static boolean isRepository(Path folder) {
    try {
      return git(folder.toAbsolutePath(), "rev-parse", "--verify", "--quiet", "HEAD").code == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The folders, in the order in which they were asked for. */
  List<Path> folders() {
    return folders;
  }

  private void add(String ref, Path folder, Path copy) throws IOException {
    if (!Files.isDirectory(folder))
      throw refused(folder + ": is no folder");
    // as a commit's id it cannot be taken for an option
    var commit = text(git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}"),
        folder,
        "there is no commit " + ref);
    Files.createDirectories(copy);
    folders.add(copy);
    if (text(git(folder, "ls-tree", commit, "."), folder, "its files at " + ref + " cannot be listed")
        .isEmpty())
      return;
    var archive = git(folder, "archive", "--format=zip", commit, ".");
    if (archive.code != 0)
      throw refused(folder + ": its files at " + ref + " cannot be read: " + archive.said);
    unpack(archive.out, copy);
  }

  private static void unpack(InputStream archive, Path into) throws IOException {
    try (var zip = new ZipInputStream(archive)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        var file = into.resolve(entry.getName()).normalize();
        if (!file.startsWith(into))
          throw refused(entry.getName() + ": is no path inside the folder");
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.write(file, zip.readAllBytes());
        }
      }
    }
  }

  private record Said(int code, InputStream out, String said) {}

  private static Said git(Path folder, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of("git", "-C", folder.toString()));
    command.addAll(List.of(arguments));
    var errors = Files.createTempFile("millrace-git-", ".err");
    try {
      var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      var out = new ByteArrayInputStream(process.getInputStream().readAllBytes());
      return new Said(process.waitFor(), out, Files.readString(errors).strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused("interrupted while git was asked");
    } finally {
      Files.delete(errors);
    }
  }

  private static String text(Said said, Path folder, String problem) throws IOException {
    if (said.code != 0)
      throw refused(folder + ": " + problem + (said.said.isEmpty() ? "" : ": " + said.said));
    return new String(said.out.readAllBytes(), UTF_8).strip();
  }

  private static SchemaException refused(String what) {
    return new SchemaException(SchemaException.Code.REFUSED, what);
  }

  @Override
  public void close() {
    try (var files = Files.walk(root)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList())
        Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
