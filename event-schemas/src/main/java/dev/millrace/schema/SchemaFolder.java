package dev.millrace.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/** A folder of schemas in the layout {@code <context>/<Event>/v1.avsc, v2.avsc …}. */
final class SchemaFolder {
  private static final Pattern VERSION = Pattern.compile("v([1-9][0-9]{0,5})\\.avsc");

  private final Path root;
  private final List<String> faults;

  /** @param faults where to say what breaks the layout, each with its file and what to do */
  SchemaFolder(Path root, List<String> faults) {
    this.root = root;
    this.faults = faults;
  }

  /** The versions of one event, the first first. */
  record Versions(Path folder, List<Schema> schemas) {}

  /** The events in order of their folders; those with a fault left out. */
  List<Versions> events() {
    if (!Files.isDirectory(root)) {
      faults.add(root + ": is no folder: put the schemas there as <context>/<Event>/v1.avsc");
      return List.of();
    }
    var events = new ArrayList<Versions>();
    refuseSchemasIn(root);
    for (var context : folders(root)) {
      refuseSchemasIn(context);
      folders(context).forEach(event -> versions(event).ifPresent(events::add));
    }
    return events;
  }

  private void refuseSchemasIn(Path folder) {
    list(folder).stream().filter(file -> file.toString().endsWith(".avsc"))
        .forEach(
            file -> faults.add(file + ": is in no event's folder: move it to <context>/<Event>/v1.avsc"));
  }

  private Optional<Versions> versions(Path folder) {
    int before = faults.size();
    var files = new TreeMap<Integer, Path>();
    for (var file : list(folder)) {
      var match = VERSION.matcher(String.valueOf(file.getFileName()));
      if (match.matches()) {
        files.put(Integer.valueOf(match.group(1)), file);
      } else if (!String.valueOf(file.getFileName()).startsWith(".")) {
        faults.add(file + ": is no version: name it v1.avsc, v2.avsc and so on, or move it away");
      }
    }
    if (files.isEmpty()) {
      faults.add(folder + ": has no version: add v1.avsc, or remove the folder");
    }
    var schemas = new ArrayList<Schema>();
    files.forEach((version, file) -> {
      if (version > 1 && !files.containsKey(version - 1)) {
        faults.add(file + ": has no v" + (version - 1) + ".avsc before it: versions have no gaps");
      }
      parse(file).ifPresent(schemas::add);
    });
    if (faults.size() == before) {
      checkNames(folder, schemas);
    }
    return faults.size() == before ? Optional.of(new Versions(folder, schemas)) : Optional.empty();
  }

  private Optional<Schema> parse(Path file) {
    try {
      var schema = new Schema.Parser().parse(Files.readString(file));
      new Contract(schema).check();
      checkName(file, schema);
      if (Docs.pretty(schema).length() > 21_000) { // Java's constants have at most 65,535 bytes
        faults.add(
            file + ": is longer than 21,000 characters: make types that stand alone events of their own");
      }
      return Optional.of(schema);
    } catch (AvroRuntimeException e) {
      faults.add(file + ": is no Avro schema: " + e.getMessage());
    } catch (SchemaException e) {
      faults.add(file + ": " + e.getMessage());
    } catch (IOException e) {
      faults.add(file + ": cannot be read: " + e);
    }
    return Optional.empty();
  }

  private void checkName(Path file, Schema schema) {
    var event = String.valueOf(Objects.requireNonNull(file.getParent()).getFileName());
    var context = String.valueOf(Objects.requireNonNull(file.getParent().getParent()).getFileName());
    if (!schema.getName().equals(event)) {
      faults.add(
          file + ": is named " + schema.getName() + ", but its folder " + event + ": make them the same");
    }
    var namespace = String.valueOf(schema.getNamespace());
    if (!namespace.equals(context) && !namespace.endsWith("." + context)) {
      faults.add(file + ": has the namespace " + namespace + ", but stands in " + context
          + ": end the namespace with ." + context + " or move it");
    }
  }

  private void checkNames(Path folder, List<Schema> schemas) {
    if (Major.upcaster(schemas.getFirst()).isPresent())
      faults.add(
          folder.resolve("v1.avsc") + ": names an upcaster, but there is no version before it: remove it");
    var name = schemas.getFirst().getFullName();
    for (int i = 1; i < schemas.size(); i++) {
      if (!schemas.get(i).getFullName().equals(name)) {
        faults.add(folder.resolve("v" + (i + 1) + ".avsc") + ": is named " + schemas.get(i).getFullName()
            + ", but v1 " + name + ": make it a new event");
      }
    }
  }

  /** Events of every version are in the log for ever, so each version must be able to read all before it. */
  void checkHistory(Versions event) {
    for (int i = 1; i < event.schemas.size(); i++) {
      var file = event.folder.resolve("v" + (i + 1) + ".avsc");
      SchemaCheck.of(event.schemas.subList(0, i + 1), Level.BACKWARD_TRANSITIVE).stream()
          .filter(finding -> finding.severity().forbidden())
          .forEach(finding -> faults.add(file + ": " + finding));
    }
  }

  private static List<Path> folders(Path parent) {
    return list(parent).stream().filter(Files::isDirectory).toList();
  }

  private static List<Path> list(Path folder) {
    try (var children = Files.list(folder)) {
      return children.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
