package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import org.junit.jupiter.api.Test;

class StartTest {
  @Test
  void names_every_server_that_does_not_answer_with_its_address_and_what_to_do() throws IOException {
    int port = unusedPort();
    var settings = Settings.builder().kafka("127.0.0.1:" + port)
        .registry(URI.create("http://127.0.0.1:" + port))
        .postgres("jdbc:postgresql://127.0.0.1:" + port + "/db?password=hush", "me", "secret")
        .http("127.0.0.1", 0)
        .build();

    var refused = catchThrowableOfType(StartException.class,
        () -> MillraceRuntime.builder().settings(settings).start());

    assertThat(refused.code()).isEqualTo(StartException.Code.UNREACHABLE);
    assertThat(refused.faults()).hasSize(3)
        .allSatisfy(
            fault -> assertThat(fault).contains("127.0.0.1:" + port).doesNotContain("secret", "hush", "\n"))
        .anySatisfy(
            fault -> assertThat(fault).startsWith("log ").contains("MILLRACE_KAFKA_BOOTSTRAP_SERVERS"))
        .anySatisfy(fault -> assertThat(fault).startsWith("registry ").contains("MILLRACE_REGISTRY_URL"))
        .anySatisfy(
            fault -> assertThat(fault).startsWith("database ").contains("MILLRACE_POSTGRES_URL", "as me"));
  }

  @Test
  void names_the_port_that_is_taken() throws IOException {
    try (var backend = new Backend(); var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var settings = backend.settings().http("127.0.0.1", taken.getLocalPort()).build();

      var refused = catchThrowableOfType(StartException.class,
          () -> MillraceRuntime.builder().settings(settings).start());

      assertThat(refused.code()).isEqualTo(StartException.Code.PORT_TAKEN);
      assertThat(refused).hasMessageContaining(String.valueOf(taken.getLocalPort()))
          .hasMessageContaining("MILLRACE_HTTP_PORT");
    }
  }

  private static int unusedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
