package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback interface. */
final class Ports {
  static final String HOST = "127.0.0.1";

  private Ports() {}

  static InetAddress loopback() {
    try {
      return InetAddress.getByAddress("localhost", new byte[]{127, 0, 0, 1});
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("four bytes are an address", impossible);
    }
  }

  /**
   * A port that nobody listens on now; somebody else may take it before the caller does. Not one of those that systems
   * give to outgoing connections, so that it is likely to be free at the next start too.
   */
  static int free() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
      if (isFree(port)) {
        return port;
      }
    }
    throw new DevException(Code.NOT_STARTED, "no free port found from 20000 to 32767 on " + HOST
        + ": choose the ports with --kafka-port, --postgres-port and --registry-port");
  }

  static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(loopback(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static int checked(int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port is from 1 to 65535, or 0 for any free one, not " + port);
    }
    return port;
  }

  /** @throws DevException PORT_TAKEN, naming the port and the option that chooses another; port 0 is always free */
  static void requireFree(int port, String server) {
    if (port == 0) {
      return;
    }
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(loopback(), port));
    } catch (IOException e) {
      throw taken(port, server, e);
    }
  }

  static DevException taken(int port, String server, Throwable cause) {
    return new DevException(Code.PORT_TAKEN,
        "port " + port + " for " + server + " is taken by another program (" + cause.getMessage()
            + "): stop that program, or choose another port with --"
            + server.toLowerCase(Locale.ROOT)
            + "-port; 0 takes any free one",
        cause);
  }
}
