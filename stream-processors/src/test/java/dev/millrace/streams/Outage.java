package dev.millrace.streams;

import dev.millrace.schema.SchemaException;
import dev.millrace.schema.SchemaRegistry;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** A registry that can be out. */
final class Outage implements SchemaRegistry {
  private final SchemaRegistry registry = SchemaRegistry.inMemory();
  private volatile boolean out;

  void begins() {
    out = true;
  }

  void ends() {
    out = false;
  }

  private SchemaRegistry registry() {
    if (out)
      throw new SchemaException(SchemaException.Code.REGISTRY_UNREACHABLE, "the registry is out");
    return registry;
  }

  @Override
  public int register(String subject, Schema schema) {
    return registry().register(subject, schema);
  }

  @Override
  public Schema byId(int id) {
    return registry().byId(id);
  }

  @Override
  public Optional<Registered> lookup(String subject, Schema schema) {
    return registry().lookup(subject, schema);
  }

  @Override
  public List<String> subjects() {
    return registry().subjects();
  }

  @Override
  public List<Integer> versions(String subject) {
    return registry().versions(subject);
  }

  @Override
  public Optional<Registered> version(String subject, int version) {
    return registry().version(subject, version);
  }

  @Override
  public List<String> incompatibilities(String subject, Schema schema) {
    return registry().incompatibilities(subject, schema);
  }

  @Override
  public String compatibilityLevel(String subject) {
    return registry().compatibilityLevel(subject);
  }

  @Override
  public void setCompatibilityLevel(String subject, String level) {
    registry().setCompatibilityLevel(subject, level);
  }
}
