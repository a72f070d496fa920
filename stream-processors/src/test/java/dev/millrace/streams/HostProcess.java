package dev.millrace.streams;

import dev.millrace.schema.SchemaRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The shop's app in a process of its own, to be killed. */
final class HostProcess {
  private HostProcess() {}

  /** Runs until it is killed, or the process that started it goes away. */
  public static void main(String[] args) throws IOException {
    try (var shop = ShopOnKafka.on(args[0], SchemaRegistry.inMemory());
        var host = shop.host(OrderDetails.APP, Path.of(args[1])).start()) {
      int end = System.in.read();
      System.out.println(host.app().name() + " ends at " + end);
    }
  }

  static Process start(String bootstrapServers, Path state) throws IOException {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        HostProcess.class.getName(), bootstrapServers, state.toString()));
    return new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(state.resolveSibling("host.log").toFile())).start();
  }
}
