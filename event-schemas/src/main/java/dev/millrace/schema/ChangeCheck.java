package dev.millrace.schema;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * What the events of a service have become, against those that others have already. Every version that is new is judged
 * against those before it; one that others have must stay as it is. Needs no registry.
 *
 * @param findings what differs and is not allowed, in order of the events, the worst of each first
 * @param unused what is allowed, and is nowhere found
 */
public record ChangeCheck(List<Finding> findings, List<AllowedChanges.Allowed> unused) {
  private static final int FORBIDDEN = 100;

  /**
   * Checks a folder, prints what differs, and ends with exit code 100 where a change breaks or damages, with 1 where it
   * could not be checked. A build runs this; {@code git:REF} is passed over where the folder is in no repository, as a
   * released source is not.
   *
   * @param arguments the folder, what it is held against ({@code git:REF}, {@code registry:URL} or a folder), and a level,
   *     which may be left out
   */
  @SuppressWarnings("SystemOut") // a command: this is where its user looks
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 3) {
      System.err.println("usage: ChangeCheck SCHEMA_FOLDER git:REF|registry:URL|FOLDER [LEVEL]");
      System.exit(2);
    }
    try {
      var folders = List.of(Path.of(arguments[0]));
      var against = SchemaSource.parse(arguments[1]);
      if (against instanceof SchemaSource.Git && !GitCheckout.isRepository(folders.getFirst())) {
        System.out.println(folders.getFirst() + " is in no Git repository, so its changes are not checked");
        return;
      }
      var level = arguments.length == 3 ? Optional.of(Level.of(arguments[2])) : Optional.<Level>empty();
      var check = between(against.read(folders), EventSchemas.of(folders), level, AllowedChanges.of(folders));
      check.findings.forEach(finding -> System.out.println(finding.severity() + ": " + finding));
      if (check.forbids())
        System.exit(FORBIDDEN);
    } catch (SchemaException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Compares.
   *
   * @param published what others have
   * @param level whom a change must not hurt; what each event says itself where there is none
   */
  public static ChangeCheck between(EventSchemas published, EventSchemas proposed, Optional<Level> level,
      AllowedChanges allowed) {
    var found = new ArrayList<Finding>();
    proposed.byName().forEach((name, versions) -> found
        .addAll(event(published.versions(name), versions, level.orElse(Level.of(versions.getLast())))));
    published.byName().forEach((name, versions) -> {
      if (proposed.versions(name).isEmpty() && !isRenamed(name, proposed))
        found.add(removed(Rule.EVENT_REMOVED, name, versions.size() + " versions"));
    });
    var findings = new ArrayList<>(allowed.without(found));
    findings
        .removeIf(finding -> finding.rule() == Rule.UPCASTER_MISSING && !needsUpcaster(finding, findings));
    return new ChangeCheck(List.copyOf(findings), allowed.unused(found));
  }

  /** Whether any of it may not ship. */
  public boolean forbids() {
    return SchemaCheck.forbids(findings);
  }

  /** Not where all that makes the change a major one is allowed. */
  private static boolean needsUpcaster(Finding missing, List<Finding> findings) {
    return findings.stream()
        .anyMatch(finding -> finding.rule() != missing.rule() && finding.severity().forbidden()
            && (finding.path() + ".").startsWith(missing.path() + "."));
  }

  private static boolean isRenamed(String name, EventSchemas proposed) {
    return proposed.byName().values().stream()
        .anyMatch(versions -> versions.getLast().getAliases().contains(name));
  }

  private static List<Finding> event(List<Schema> published, List<Schema> versions, Level level) {
    var name = versions.getLast().getFullName();
    var findings = new ArrayList<Finding>();
    if (published.isEmpty())
      findings.add(Finding.of(Rule.EVENT_ADDED, Severity.SAFE, name, "", "v" + versions.size()));
    for (int i = 0; i < Math.min(published.size(), versions.size()); i++) {
      if (!published.get(i).toString().equals(versions.get(i).toString()))
        findings.add(edited(name, i + 1, SchemaCheck.between(published.get(i), versions.get(i), Level.FULL)));
    }
    for (int i = versions.size(); i < published.size(); i++)
      findings.add(removed(Rule.VERSION_REMOVED, name, "v" + (i + 1)));
    for (int i = Math.max(1, published.size()); i < versions.size(); i++)
      findings.addAll(version(versions.subList(0, i + 1), level));
    return findings;
  }

  private static List<Finding> version(List<Schema> versions, Level level) {
    var found = SchemaCheck.of(versions, level);
    if (!SchemaCheck.forbids(found) || Major.upcaster(versions.getLast()).isPresent())
      return found;
    var findings = new ArrayList<>(found);
    findings.add(Finding.of(Rule.UPCASTER_MISSING, Severity.BREAKING, versions.getLast().getFullName(), "",
        "v" + versions.size() + " is " + EventVersion.of(versions, level).getLast())
        .because("a major change needs an upcaster from the version before, or an event of its own",
            "mend what is found; or add \"upcaster\": \"…\" beside its \"name\", with the class that makes events of v"
                + (versions.size() - 1) + " such as this one"));
    return findings;
  }

  private static Finding edited(String name, int version, List<Finding> findings) {
    var worst = findings.stream().map(finding -> finding.rule() + " " + finding.path()).limit(3).toList();
    return Finding.of(Rule.VERSION_EDITED, Severity.BREAKING, name, "v" + version, String.join(", ", worst))
        .because("events were written under it as it was: readers and registries have it so",
            "restore v" + version
                + ", and put the change into a version of its own: millrace schema new-version "
                + name);
  }

  private static Finding removed(Rule rule, String name, String what) {
    return Finding.of(rule, Severity.BREAKING, name, what, "")
        .because("events of it are in the log, and nothing reads them any more", "restore it");
  }
}
