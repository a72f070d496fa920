package dev.millrace.streams;

import dev.millrace.schema.SchemaRegistry;
import dev.millrace.test.ForkedJvm;
import java.io.IOException;
import java.nio.file.Path;

/** The shop's app in a process of its own, for tests that kill it. Ends with the process that started it. */
final class HostProcess {
  private HostProcess() {}

  /** The arguments are the address of Kafka and the state directory. */
  public static void main(String[] args) throws IOException {
    try (var shop = ShopOnKafka.on(args[0], SchemaRegistry.inMemory());
        var host = shop.host(OrderDetails.APP, Path.of(args[1])).start()) {
      int end = System.in.read();
      System.out.println(host.app().name() + " ends at " + end);
    }
  }

  static ForkedJvm start(String bootstrapServers, Path state) {
    return ForkedJvm.start(HostProcess.class, bootstrapServers, state.toString());
  }
}
