package dev.millrace.dev;

import static dev.millrace.dev.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.dev.DevException.Code;
import dev.millrace.test.ForkedJvm;
import dev.millrace.test.Randomized;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Order(1)
class DevRuntimeTest {
  @TempDir
  private Path folder;

  @Test
  void data_and_addresses_survive_a_restart() throws Exception {
    List<String> before;
    try (var runtime = DevRuntime.builder().dataDir(folder).start()) {
      var contents = new Contents(runtime);
      contents.prepare();
      contents.write(0);
      contents.write(1);
      before = List.copyOf(runtime.environment().values());
      assertThat(runtime.environment()).containsOnlyKeys("MILLRACE_KAFKA_BOOTSTRAP_SERVERS",
          "MILLRACE_REGISTRY_URL",
          "MILLRACE_POSTGRES_URL", "MILLRACE_POSTGRES_USER");
      assertThat(runtime.failure()).isEmpty();
    }

    try (var runtime = DevRuntime.builder().dataDir(folder).start()) {
      var contents = new Contents(runtime);
      assertThat(contents.records()).containsExactly("0", "1");
      assertThat(contents.rows()).containsExactly("0", "1");
      assertThat(contents.schemas()).isEqualTo(2);
      assertThat(runtime.environment().values()).containsExactlyElementsOf(before);
    }
  }

  @Tag("acceptance")
  @Test
  void what_was_acknowledged_survives_a_kill_and_the_same_command_starts_again() throws Exception {
    int acknowledged = -1;
    String environment;
    try (var process = ForkedJvm.start(RuntimeMain.class, folder.toString())) {
      environment = process.awaitLine("ready");
      assertThatThrownBy(() -> DevRuntime.builder().dataDir(folder).start())
          .hasMessageContaining("in use by process " + process.process().pid() + ",");
      while (acknowledged < 3) {
        acknowledged = Integer.parseInt(process.awaitLine("acknowledged"));
      }
      process.kill();
    }

    try (var runtime = DevRuntime.builder().dataDir(folder).start()) {
      var contents = new Contents(runtime);
      var expected = IntStream.rangeClosed(0, acknowledged).mapToObj(Integer::toString).toList();
      assertThat(contents.records()).containsAll(expected).doesNotHaveDuplicates();
      assertThat(contents.rows()).containsAll(expected);
      assertThat(contents.schemas()).isGreaterThanOrEqualTo(expected.size());
      assertThat(runtime.environment()).hasToString(environment);
    }
  }

  @Test
  void a_second_instance_on_a_folder_is_refused_and_the_first_goes_on() {
    try (var runtime = DevRuntime.builder().dataDir(folder).start()) {
      assertRefused(Code.FOLDER_IN_USE, () -> DevRuntime.builder().dataDir(folder).start(),
          "the folder " + folder + " is in use by process " + ProcessHandle.current().pid(), "--data-dir");

      assertThat(new Contents(runtime).schemas()).isZero();
    }
  }

  @Test
  void a_folder_of_another_version_is_refused_and_says_what_to_do() throws Exception {
    Files.writeString(folder.resolve("VERSION"), "millrace-dev 7\n");

    assertRefused(Code.OTHER_VERSION, () -> DevRuntime.builder().dataDir(folder).start(), folder.toString(),
        "'millrace-dev 7'", "start the version that wrote it");
  }

  @Test
  void a_folder_with_other_things_in_it_is_refused_and_left_as_it_was() throws Exception {
    Files.writeString(folder.resolve("thesis.txt"), "");

    assertRefused(Code.OTHER_VERSION, () -> DevRuntime.builder().dataDir(folder).start(), "thesis.txt");
    assertThat(folder.resolve("VERSION")).doesNotExist();
  }

  @Test
  void a_port_that_is_taken_is_named_with_its_option() throws Exception {
    try (var taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(Ports.loopback(), 0));
      int port = taken.getLocalPort();
      var builder = DevRuntime.builder().dataDir(folder);

      assertRefused(Code.PORT_TAKEN, () -> builder.kafkaPort(port).start(), "port " + port, "--kafka-port");
      assertRefused(Code.PORT_TAKEN, () -> builder.kafkaPort(0).postgresPort(port).start(), "port " + port,
          "--postgres-port");
      assertRefused(Code.PORT_TAKEN, () -> builder.postgresPort(0).registryPort(port).start(), "port " + port,
          "--registry-port");
    }
  }

  @Test
  void a_folder_that_cannot_be_made_is_named() throws Exception {
    var file = Files.writeString(folder.resolve("file"), "");

    assertRefused(Code.UNWRITABLE, () -> DevRuntime.builder().dataDir(file.resolve("data")).start(),
        file.toString());
  }

  @Tag("acceptance")
  @Test
  void a_start_that_is_killed_at_any_moment_can_be_made_again() throws Exception {
    var random = Randomized.random();
    for (int kill = 0; kill < Randomized.rounds(1, 3); kill++) {
      try (var process = ForkedJvm.start(RuntimeMain.class, folder.toString())) {
        boolean ended = process.process().waitFor(random.nextInt(300, 5_000), TimeUnit.MILLISECONDS);
        assertThat(ended).as("ended by itself: %s; %s", Randomized.repeat(), process).isFalse();
        process.kill();
      }
    }

    try (var runtime = DevRuntime.builder().dataDir(folder).start()) {
      assertThat(runtime.failure()).as(Randomized.repeat()).isEmpty();
    } catch (DevException e) {
      throw new AssertionError(Randomized.repeat(), e);
    }
  }
}
