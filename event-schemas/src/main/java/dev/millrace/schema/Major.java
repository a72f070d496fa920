package dev.millrace.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * A major version: versions of an event that follow each other without an upcaster.
 *
 * @param number from 1
 * @param first the first of its versions, from 1
 * @param versions its schemas, the first first
 */
record Major(int number, int first, List<Schema> versions) {
  /** The major versions of an event, the first first. */
  static List<Major> of(List<Schema> versions) {
    var majors = new ArrayList<Major>();
    int begin = 0;
    for (int i = 1; i <= versions.size(); i++) {
      if (i == versions.size() || upcaster(versions.get(i)).isPresent()) {
        majors.add(new Major(majors.size() + 1, begin + 1, List.copyOf(versions.subList(begin, i))));
        begin = i;
      }
    }
    return List.copyOf(majors);
  }

  /** The class that makes events of the major version before into such as this version begins. */
  static Optional<String> upcaster(Schema version) {
    return Optional.ofNullable(version.getProp("upcaster"));
  }

  /** The last of its versions, which its record is made from. */
  Schema newest() {
    return versions.getLast();
  }

  int last() {
    return first + versions.size() - 1;
  }

  boolean contains(int version) {
    return first <= version && version <= last();
  }

  /** The Java package of its record, where it is a former one. */
  String home() {
    var newest = newest();
    return newest.getNamespace() + "." + newest.getName().toLowerCase(java.util.Locale.ROOT) + ".v" + last();
  }
}
