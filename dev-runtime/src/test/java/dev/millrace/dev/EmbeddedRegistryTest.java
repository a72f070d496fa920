package dev.millrace.dev;

import dev.millrace.schema.SchemaRegistry;
import dev.millrace.schema.SchemaRegistryContract;
import org.junit.jupiter.api.AfterAll;

/** Our client and our registry together keep the contract of every registry. */
class EmbeddedRegistryTest extends SchemaRegistryContract {
  private static final DevRegistry SERVER = DevRegistry.start(SharedServers.createDatabase());

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  /** A new client at each call: what one wrote, another must find on the server. */
  @Override
  protected SchemaRegistry registry() {
    return SchemaRegistry.at(SERVER.uri());
  }
}
