package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a shell runs it, on the jars of this build. */
class LauncherIT {
  private static final Path LAUNCHER = Launched.HOME.resolve("millrace");

  @TempDir
  Path scratch;

  @Test
  void it_answers_from_any_folder_and_prints_nothing_but_the_answer() {
    Launched run = new Launched.Start(scratch).run(LAUNCHER, "--version");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("millrace ").contains("JDK 25");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void it_works_through_links_and_where_paths_have_spaces() throws IOException {
    Path checkout = Checkout.built(scratch.resolve("a folder/check out"));
    Path links = Files.createDirectories(scratch.resolve("more links"));
    Files.createSymbolicLink(links.resolve("absolute"), checkout.resolve("millrace"));
    Files.createSymbolicLink(links.resolve("relative"), Path.of("absolute"));

    Launched run = new Launched.Start(scratch).in(links).run("./relative", "--version");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("millrace ");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void exit_codes_come_through_and_a_mistake_leaves_standard_output_alone() {
    Launched mistake = new Launched.Start(scratch).run(LAUNCHER, "--no-such-option");
    Launched failure = new Launched.Start(scratch).run(LAUNCHER, "view", "status", "--url",
        "http://127.0.0.1:9");

    assertThat(mistake.exitCode()).isEqualTo(2);
    assertThat(mistake.out()).isEmpty();
    assertThat(failure.exitCode()).isEqualTo(1);
    assertThat(failure.out()).isEmpty();
    assertThat(failure.err().lines()).singleElement().asString().contains("http://127.0.0.1:9",
        "millrace dev");
  }

  @Test
  void options_for_the_jvm_reach_it() {
    Launched run = new Launched.Start(scratch)
        .with("MILLRACE_OPTS", "-Xmx333m -XX:+UseG1GC -XX:+PrintFlagsFinal")
        .run(LAUNCHER, "--version");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("MaxHeapSize\\s+= " + (334L << 20));
  }

  @Test
  void a_reader_that_has_seen_enough_ends_it_quietly() {
    Launched run = new Launched.Start(scratch).run("/bin/sh", "-c", "'" + LAUNCHER + "' --help | head -n 1");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: millrace");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void without_a_jdk_25_it_says_what_to_install() {
    Launched run = new Launched.Start(scratch).withNothingElseInTheEnvironment()
        .with("PATH", scratch.toString()).with("MILLRACE_JDK_FOLDERS", scratch.toString())
        .run("/bin/sh", LAUNCHER, "--version");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).singleElement().asString().contains("JDK 25", "JAVA_HOME",
        "https://adoptium.net");
  }

  @Test
  void the_jdk_is_found_in_java_home_first_and_a_wrong_one_is_passed_over() throws IOException {
    Path wrong = jdk("jdk-17", "17.0.9", "echo wrong");
    Path right = jdk("jdk-25", "25.0.1", "echo right");

    Launched run = new Launched.Start(scratch).withNothingElseInTheEnvironment().with("PATH", "/usr/bin:/bin")
        .with("JAVA_HOME", wrong.toString()).with("JAVA25_HOME", right.toString()).run(LAUNCHER, "--version");

    assertThat(run.out()).isEqualTo("right\n");
  }

  @Test
  @Tag("acceptance")
  void the_second_start_uses_a_cache_and_a_broken_cache_is_never_heard_of() throws IOException {
    Path checkout = Checkout.built(scratch.resolve("checkout"));
    Path caches = checkout.resolve("target/launcher");
    var start = new Launched.Start(scratch).with("MILLRACE_AOT", "on");

    Launched first = start.run(checkout.resolve("millrace"), "--version");
    Path cache = Checkout.awaitFile(caches, "client-*.aot");
    Launched second = new Launched.Start(scratch).with("MILLRACE_AOT", "on")
        .with("MILLRACE_OPTS", "-Xlog:class+load:stdout")
        .run(checkout.resolve("millrace"), "--version");
    Files.writeString(cache, "no cache at all");
    Launched third = start.run(checkout.resolve("millrace"), "--version");

    assertThat(second.out()).contains("dev.millrace.cli.Millrace source: shared objects file");
    assertThat(third.exitCode()).isZero();
    assertThat(third.out()).isEqualTo(first.out()).startsWith("millrace ");
    assertThat(first.err() + third.err()).isEmpty();
  }

  private Path jdk(String name, String version, String java) throws IOException {
    Path folder = scratch.resolve(name);
    Checkout.script(folder.resolve("bin/java"), java);
    Checkout.script(folder.resolve("bin/javac"), "exit 1");
    Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    return folder;
  }
}
