package dev.millrace.dev;

import static dev.millrace.dev.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.dev.DevException.Code;
import dev.millrace.test.ForkedJvm;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
@Order(2)
class DevKinesisTest {
  @Test
  void what_was_written_is_read_after_a_restart(@TempDir Path folder) throws Exception {
    try (var kinesis = DevKinesis.builder().dataDir(folder).start()) {
      var stream = new KinesisCalls(kinesis.endpoint(), "a");
      stream.create();
      stream.put("one");
      stream.put("two");
    }

    try (var kinesis = DevKinesis.builder().dataDir(folder).start()) {
      assertThat(new KinesisCalls(kinesis.endpoint(), "a").records()).containsExactly("one", "two");
      assertThat(kinesis.failure()).isEmpty();
    }
  }

  @Tag("acceptance")
  @Test
  void it_ends_with_a_process_that_is_killed_and_keeps_what_it_acknowledged(@TempDir Path folder)
      throws Exception {
    long server;
    try (var process = ForkedJvm.start(KinesisMain.class, folder.toString())) {
      server = Long.parseLong(process.awaitLine("server"));
      process.awaitLine("acknowledged 4");
      process.kill();
    }

    try (var kinesis = DevKinesis.builder().dataDir(folder).start()) {
      assertThat(ProcessHandle.of(server).filter(ProcessHandle::isAlive)).isEmpty();
      assertThat(new KinesisCalls(kinesis.endpoint(), "a").records()).startsWith("0", "1", "2", "3", "4");
    }
  }

  @Test
  void a_second_server_on_its_folder_or_its_port_is_refused(@TempDir Path folder) throws Exception {
    try (var kinesis = DevKinesis.builder().dataDir(folder).start()) {
      assertRefused(Code.FOLDER_IN_USE, () -> DevKinesis.builder().dataDir(folder).start(),
          folder.toString());
      assertRefused(Code.PORT_TAKEN, () -> DevKinesis.builder().port(kinesis.port()).start(),
          "port " + kinesis.port(), "--kinesis-port");
    }
  }

  @Test
  void a_port_that_was_asked_for_is_given_and_only_this_machine_reaches_it() throws Exception {
    var port = Ports.free();
    try (var kinesis = DevKinesis.builder().port(port).start()) {
      assertThat(kinesis.endpoint()).hasHost("127.0.0.1").hasPort(port);

      for (var outside : NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress()).toList()) {
        try (var socket = new ServerSocket()) {
          socket.bind(new InetSocketAddress(outside, port));
          assertThat(socket.isBound()).as("%s is free at %s", port, outside).isTrue();
        }
      }
    }
  }

  @Test
  void a_server_that_cannot_start_says_why(@TempDir Path folder) {
    assertRefused(Code.NOT_STARTED,
        () -> DevKinesis.builder().dataDir(folder).set("CREATE_STREAM_DURATION", "nonsense").start(),
        "CREATE_STREAM_DURATION", "kinesis.log");
  }

  @Test
  void a_server_that_stops_by_itself_is_noticed() throws Exception {
    try (var kinesis = DevKinesis.start()) {
      assertThat(kinesis.failure()).isEmpty();

      ProcessHandle.current().children()
          .filter(child -> child.info().commandLine().orElse("").contains("kinesis-on-loopback"))
          .forEach(ProcessHandle::destroyForcibly);

      await().untilAsserted(() -> assertThat(kinesis.failure()).get().asString()
          .contains("port " + kinesis.port()).contains("has stopped"));
    }
  }

  @Test
  void starts_that_install_it_at_once_all_get_it(@TempDir Path cache) throws Exception {
    var starts = IntStream.range(0, 3)
        .mapToObj(_ -> CompletableFuture.supplyAsync(() -> KinesisPackage.in(cache))).toList();

    assertThat(starts.stream().map(CompletableFuture::join).distinct()).singleElement()
        .satisfies(installed -> assertThat(installed.main()).isRegularFile());
    try (var left = Files.list(cache)) {
      assertThat(left.map(file -> file.getFileName().toString()).toList())
          .isEqualTo(List.of("kinesis-local-" + KinesisPackage.VERSION));
    }
  }
}
