package dev.millrace.schema;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.avro.Schema;

/**
 * The events of a service, each with all its versions: as they stand in a folder, as they stood there at a commit, or as a
 * registry has them.
 *
 * @param byName the versions of each event, the first first, by its full name
 */
public record EventSchemas(Map<String, List<Schema>> byName) {
  private static final Pattern LATER_MAJOR = Pattern.compile("(.+)-([2-9]|[1-9][0-9]+)");

  public EventSchemas {
    var copy = new TreeMap<String, List<Schema>>();
    byName.forEach((name, versions) -> copy.put(name, List.copyOf(versions)));
    byName = copy;
  }

  /**
   * Those of folders in the layout {@code <context>/<Event>/v1.avsc, v2.avsc …}.
   *
   * @throws SchemaException INVALID_CONTRACT with every fault of the layout on a line of its own
   */
  public static EventSchemas of(List<Path> folders) {
    var faults = new ArrayList<String>();
    var byName = new TreeMap<String, List<Schema>>();
    for (var folder : folders) {
      for (var event : new SchemaFolder(folder, faults).events()) {
        var name = event.schemas().getLast().getFullName();
        if (byName.putIfAbsent(name, event.schemas()) != null)
          faults.add(
              event.folder() + ": defines " + name + ", which another folder does too: keep one of them");
      }
    }
    if (!faults.isEmpty())
      throw new SchemaException(SchemaException.Code.INVALID_CONTRACT, String.join("\n", faults));
    return new EventSchemas(byName);
  }

  /**
   * Those of folders as they stood at a commit of the Git repository that the folders are in; asks the {@code git} of the
   * search path.
   *
   * @param ref such as {@code main}, {@code v1.2} or {@code HEAD~1}
   * @throws SchemaException REFUSED where there is no such commit, or no repository
   */
  public static EventSchemas at(String ref, List<Path> folders) throws IOException {
    try (var checkout = GitCheckout.of(ref, folders)) {
      return of(checkout.folders());
    }
  }

  /**
   * Those that a registry has. Schemas that are no records of Avro are left out, and so are subjects of keys. Where a record
   * stands under several subjects, the one that has its name counts.
   */
  public static EventSchemas of(SchemaRegistry registry) {
    var majors = new TreeMap<String, TreeMap<Integer, List<Schema>>>();
    for (var subject : registry.subjects()) {
      var schemas = records(registry, subject);
      if (schemas.isEmpty() || subject.endsWith("-key"))
        continue;
      var name = schemas.getLast().getFullName();
      var later = LATER_MAJOR.matcher(subject);
      int major = later.matches() && later.group(1).equals(name) ? Integer.parseInt(later.group(2)) : 1;
      var found = majors.computeIfAbsent(name, _ -> new TreeMap<>());
      if (major > 1 || subject.equals(name))
        found.put(major, schemas);
      else
        found.putIfAbsent(major, schemas);
    }
    var byName = new TreeMap<String, List<Schema>>();
    majors.forEach((name, found) -> byName.put(name, found.values().stream().flatMap(List::stream).toList()));
    return new EventSchemas(byName);
  }

  private static List<Schema> records(SchemaRegistry registry, String subject) {
    var records = new ArrayList<Schema>();
    for (int version : registry.versions(subject)) {
      try {
        registry.version(subject, version).map(SchemaRegistry.Registered::schema)
            .filter(schema -> schema.getType() == Schema.Type.RECORD).ifPresent(records::add);
      } catch (SchemaException e) {
        if (e.code() != SchemaException.Code.UNREADABLE) // as a schema of Protobuf is
          throw e;
      }
    }
    return records;
  }

  /** The versions of an event; empty where there is none of this name. */
  public List<Schema> versions(String name) {
    return byName.getOrDefault(name, List.of());
  }
}
