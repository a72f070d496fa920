package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When and how the launcher builds. In Maven's place stands a script that leaves what a build leaves, and counts its runs. */
@Tag("acceptance")
class LauncherBuildIT {
  @TempDir
  Path scratch;

  private Path checkout = Path.of("");
  private Path runs = Path.of("");

  @BeforeEach
  void checkout() throws IOException {
    checkout = Checkout.unbuilt(scratch.resolve("checkout"));
    runs = scratch.resolve("runs");
    maven("echo \"$@\" >>'" + runs + "'; echo '[INFO] Building millrace-one 0.1  [1/2]'; "
        + Checkout.buildCommand(checkout));
  }

  @Test
  void the_first_use_builds_with_progress_on_standard_error_and_then_answers() throws IOException {
    Launched first = start().run(launcher(), "--version");
    Launched second = start().run(launcher(), "--version");

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out()).isEqualTo(second.out()).startsWith("millrace ");
    assertThat(first.err()).contains("building: ", "built in ").doesNotContain("\u001b");
    assertThat(second.err()).isEmpty();
    assertThat(Files.readAllLines(runs)).hasSize(1);
  }

  @Test
  void a_source_that_is_newer_than_the_build_builds_again() throws IOException {
    var unused = start().run(launcher(), "--version");
    Path source = Files.writeString(checkout.resolve("cli/src/main/java/New.java"), "");
    maven("echo again >>'" + runs + "'");

    Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    unused = start().run(launcher(), "--version");
    assertThat(Files.readAllLines(runs)).hasSize(1);
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
    unused = start().run(launcher(), "--version");
    assertThat(Files.readAllLines(runs)).hasSize(2).last().isEqualTo("again");
  }

  @Test
  void two_first_uses_build_once() throws IOException {
    Path go = scratch.resolve("go");
    maven("while [ ! -e '" + go + "' ]; do sleep 0.1; done; echo run >>'" + runs + "'; "
        + Checkout.buildCommand(checkout));

    Launched one = start().start(launcher(), "--version");
    one.await("the build", () -> Files.exists(checkout.resolve("target/launcher/lock/pid")));
    Launched two = start().start(launcher(), "--version");
    two.await("the wait", () -> two.err().contains("waiting for it"));
    Files.createFile(go);

    assertThat(one.exitCode()).as(one.err()).isZero();
    assertThat(two.exitCode()).as(two.err()).isZero();
    assertThat(Files.readAllLines(runs)).hasSize(1);
  }

  @Test
  void the_lock_of_a_killed_build_holds_nobody_up() throws IOException {
    Path lock = Files.createDirectories(checkout.resolve("target/launcher/lock"));
    Files.writeString(lock.resolve("pid"), "4194305"); // beyond what a kernel gives out

    Launched run = start().run(launcher(), "--version");

    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void a_build_that_fails_names_its_log() throws IOException {
    maven("echo '[ERROR] Foo.java:[1,2] no such thing'; exit 1");

    Launched run = start().run(launcher(), "--version");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Foo.java:[1,2] no such thing", "target/launcher/build.log");
    assertThat(checkout.resolve("target/launcher/lock")).doesNotExist();
  }

  @Test
  void stopping_a_build_stops_maven_and_frees_the_lock() throws IOException {
    Path pid = scratch.resolve("pid");
    maven("echo $$ >'" + pid + "'; exec sleep 100");

    Launched run = start().start(launcher(), "--version");
    run.await("Maven", () -> Files.exists(pid) && !Files.readString(pid).isBlank());
    run.signal("TERM");

    assertThat(run.exitCode()).isEqualTo(128 + 15);
    assertThat(checkout.resolve("target/launcher/lock")).doesNotExist();
    long maven = Long.parseLong(Files.readString(pid).strip());
    ProcessHandle.of(maven).ifPresent(left -> left.onExit().join());
  }

  @Test
  void without_maven_it_says_so() throws IOException {
    for (String tool : new String[]{"mkdir", "cat", "rm", "date", "find", "sh", "readlink"}) {
      Files.createDirectories(scratch.resolve("tools"));
      Files.createSymbolicLink(scratch.resolve("tools").resolve(tool),
          Files.exists(Path.of("/bin", tool)) ? Path.of("/bin", tool) : Path.of("/usr/bin", tool));
    }

    Launched run = start().with("PATH", scratch.resolve("tools").toString()).run("/bin/sh", launcher(),
        "--version");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().contains("Maven 3.8");
  }

  @Test
  void a_checkout_that_cannot_be_written_to_is_named() throws IOException {
    Files.writeString(checkout.resolve("target"), "a file, where a folder would be needed");

    Launched run = start().run(launcher(), "--version");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().contains("cannot be written to",
        checkout.toString());
  }

  private Path launcher() {
    return checkout.resolve("millrace");
  }

  private void maven(String script) throws IOException {
    Checkout.script(scratch.resolve("bin/mvn"), script);
  }

  private Launched.Start start() {
    return new Launched.Start(scratch).with("MILLRACE_BUILD", "on")
        .with("JAVA25_HOME", System.getProperty("java.home"))
        .with("PATH", scratch.resolve("bin") + ":" + System.getenv("PATH"));
  }
}
