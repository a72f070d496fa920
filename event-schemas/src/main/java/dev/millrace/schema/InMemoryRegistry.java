package dev.millrace.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;

/** A registry that lives and dies with its process. Its lock is held for a moment at a time. */
final class InMemoryRegistry implements SchemaRegistry {
  private final List<Schema> byId = new ArrayList<>();
  private final TreeMap<String, List<Registered>> bySubject = new TreeMap<>();
  private final Map<String, String> levels = new HashMap<>();

  @Override
  public synchronized int register(String subject, Schema schema) {
    var known = lookup(subject, schema);
    if (known.isPresent())
      return known.get().id();
    var reasons = incompatibilities(subject, schema);
    if (!reasons.isEmpty()) {
      throw new SchemaException(SchemaException.Code.INCOMPATIBLE,
          subject + " is " + compatibilityLevel(subject)
              + ", so this schema may not follow: " + String.join("; ", reasons));
    }
    var versions = bySubject.computeIfAbsent(subject, _ -> new ArrayList<>());
    int id = idOf(schema);
    versions.add(new Registered(subject, versions.size() + 1, id, schema));
    return id;
  }

  private int idOf(Schema schema) {
    for (int i = 0; i < byId.size(); i++) {
      if (same(byId.get(i), schema))
        return i + 1;
    }
    byId.add(schema);
    return byId.size();
  }

  /** By its text: two schemas that differ in nothing but a property of the contract are two. */
  private static boolean same(Schema one, Schema other) {
    return one.toString().equals(other.toString());
  }

  private List<Registered> of(String subject) {
    return bySubject.getOrDefault(subject, List.of());
  }

  @Override
  public synchronized Schema byId(int id) {
    if (id < 1 || id > byId.size()) {
      throw new SchemaException(SchemaException.Code.UNKNOWN_SCHEMA,
          "the registry in memory has no schema " + id);
    }
    return byId.get(id - 1);
  }

  @Override
  public synchronized Optional<Registered> lookup(String subject, Schema schema) {
    return of(subject).stream().filter(known -> same(known.schema(), schema)).findFirst();
  }

  @Override
  public synchronized List<String> subjects() {
    return List.copyOf(bySubject.keySet());
  }

  @Override
  public synchronized List<Integer> versions(String subject) {
    return of(subject).stream().map(Registered::version).toList();
  }

  @Override
  public synchronized Optional<Registered> version(String subject, int version) {
    return of(subject).stream().filter(known -> known.version() == version).findFirst();
  }

  @Override
  public synchronized List<String> incompatibilities(String subject, Schema schema) {
    var versions = new ArrayList<>(of(subject).stream().map(Registered::schema).toList());
    versions.add(schema);
    return SchemaCheck.ofSubject(versions, Level.of(compatibilityLevel(subject))).stream()
        .filter(finding -> finding.severity().forbidden()).map(Finding::toString).toList();
  }

  @Override
  public synchronized String compatibilityLevel(String subject) {
    return levels.getOrDefault(subject, "BACKWARD");
  }

  @Override
  public synchronized void setCompatibilityLevel(String subject, String level) {
    try {
      levels.put(subject, Level.of(level).name());
    } catch (IllegalArgumentException e) {
      throw new SchemaException(SchemaException.Code.REFUSED, subject + ": " + e.getMessage(), e);
    }
  }
}
