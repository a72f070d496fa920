package dev.millrace.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.avro.Schema;

/**
 * One version of an event, as it is to be registered.
 *
 * @param version of the event, from 1
 * @param id what it is registered under already; empty where it is not
 * @param refusals why the registry would not take it; empty where it would, or has it
 */
public record Registration(String subject, int version, Schema schema, OptionalInt id,
    List<String> refusals) {
  /**
   * What is to be done for a registry to have every version of these events. Nothing is registered.
   *
   * @return in the order in which they are to be registered
   */
  public static List<Registration> plan(SchemaRegistry registry, EventSchemas events) {
    var plan = new ArrayList<Registration>();
    events.byName().forEach((name, versions) -> {
      for (var major : Major.of(versions)) {
        var subject = EventType.subject(name, major.number());
        for (int i = 0; i < major.versions().size(); i++)
          plan.add(of(registry, subject, major.first() + i, major.versions().subList(0, i + 1)));
      }
    });
    return plan;
  }

  private static Registration of(SchemaRegistry registry, String subject, int version,
      List<Schema> versions) {
    var schema = versions.getLast();
    var known = registry.lookup(subject, schema);
    if (known.isPresent())
      return new Registration(subject, version, schema, OptionalInt.of(known.get().id()), List.of());
    return new Registration(subject, version, schema, OptionalInt.empty(),
        refusals(registry, subject, versions));
  }

  /** The registry is asked where it has the version before; it cannot judge what would follow one that it has not. */
  private static List<String> refusals(SchemaRegistry registry, String subject, List<Schema> versions) {
    if (versions.size() == 1)
      return registry.incompatibilities(subject, versions.getFirst());
    if (registry.lookup(subject, versions.get(versions.size() - 2)).isPresent())
      return registry.incompatibilities(subject, versions.getLast());
    return SchemaCheck.ofSubject(versions, Level.of(registry.compatibilityLevel(subject))).stream()
        .filter(finding -> finding.severity().forbidden()).map(Finding::toString).toList();
  }

  /** Registers it and answers its id; the one it has where it is registered already. */
  public int apply(SchemaRegistry registry) {
    return id.isPresent() ? id.getAsInt() : registry.register(subject, schema);
  }
}
