package dev.millrace.schema;

class InMemoryRegistryTest extends SchemaRegistryContract {
  private final SchemaRegistry registry = SchemaRegistry.inMemory();

  @Override
  protected SchemaRegistry registry() {
    return registry;
  }
}
