package dev.millrace.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.avro.Schema;

/**
 * Judges a change of a schema by what it does to events: they are written and read by the codec itself, at the edges of
 * what each of their values can be. What Avro calls compatible is not enough: a value that is read as another is found,
 * and so is a change of the {@code stream} or the {@code key}. Needs no registry. Safe for use by many threads.
 */
public final class SchemaCheck {
  private SchemaCheck() {}

  /**
   * What differs between two schemas, and what it does to those whom the level protects: the worst first.
   *
   * @return empty where nothing differs, or the level is {@code NONE}
   */
  public static List<Finding> between(Schema older, Schema newer, Level level) {
    return level == Level.NONE || older.toString().equals(newer.toString())
        ? List.of()
        : sorted(differing(older, newer, level));
  }

  /**
   * What the last of the versions does to those before it that the level protects: the worst first. What differs without
   * hurting anybody is told of the one right before it. Where the last begins a new major version, an upcaster answers for
   * the events before it.
   *
   * @param versions the first first
   */
  public static List<Finding> of(List<Schema> versions, Level level) {
    if (versions.size() < 2 || level == Level.NONE)
      return List.of();
    var major = Major.of(versions).getLast();
    if (major.versions().size() == 1)
      return newMajor(versions.get(versions.size() - 2), versions.getLast());
    return within(major.versions(), level);
  }

  /**
   * The same for versions that stand under one subject of a registry, which knows no upcasters.
   *
   * @param versions the first first
   */
  public static List<Finding> ofSubject(List<Schema> versions, Level level) {
    return versions.size() < 2 || level == Level.NONE ? List.of() : within(versions, level);
  }

  private static List<Finding> newMajor(Schema former, Schema newest) {
    var findings = new ArrayList<>(Differences.ofContract(former, newest));
    findings.add(Finding.of(Rule.MAJOR_CHANGED, Severity.RISKY, newest.getFullName(), "",
        Major.upcaster(newest).orElseThrow())
        .because("old readers cannot read it", "let every reader have the upcaster before it is published"));
    return sorted(findings);
  }

  private static List<Finding> within(List<Schema> versions, Level level) {
    var newest = versions.getLast();
    var before = versions.subList(0, versions.size() - 1);
    var findings = new ArrayList<>(between(before.getLast(), newest, level));
    var compared = level.compared(before);
    compared.subList(0, compared.size() - 1).stream()
        .flatMap(older -> between(older, newest, level).stream())
        .filter(finding -> finding.severity().forbidden()).forEach(findings::add);
    if (level.protects(Hurt.NEW_READERS))
      findings.replaceAll(finding -> finding.rule() == Rule.DEFAULT_CHANGED
          ? rewrittenHistory(finding, compared, newest)
          : finding);
    return sorted(findings);
  }

  /** Whether any of these may not ship. */
  public static boolean forbids(List<Finding> findings) {
    return findings.stream().anyMatch(finding -> finding.severity().forbidden());
  }

  private static List<Finding> differing(Schema older, Schema newer, Level level) {
    var hurting = new ArrayList<Finding>();
    for (var readers : Hurt.values()) {
      if (level.protects(readers))
        hurting.addAll(Reading.of(older, newer, readers));
    }
    // What hurts somebody is said once, with its witness.
    Predicate<Finding> told = difference -> hurting.stream()
        .anyMatch(
            finding -> finding.path().equals(difference.path()) && covers(finding.rule(), difference.rule()));
    Differences.of(older, newer).stream().filter(told.negate()).forEach(hurting::add);
    return hurting;
  }

  private static boolean covers(Rule hurting, Rule difference) {
    return hurting == difference || (hurting == Rule.NAME_CHANGED && difference == Rule.NAMESPACE_CHANGED);
  }

  /** A default that changes is harmless, unless there are events that are read with it. */
  private static Finding rewrittenHistory(Finding finding, List<Schema> before, Schema newest) {
    var formerly = before.getLast();
    var path = finding.path().substring(newest.getFullName().length());
    for (var writer : before) {
      var event = Samples.full(writer);
      if (event.isEmpty())
        continue;
      var witness = new Finding.Witness(Witnesses.of(writer, formerly, event.get()).after(),
          Witnesses.of(writer, newest, event.get()).after());
      if (Witnesses.differ(witness.before(), witness.after(), path)) {
        return new Finding(finding.rule(), Severity.DAMAGING, finding.path(), finding.older(),
            finding.newer(),
            Optional.of(new Finding.Damage(Optional.of(Hurt.NEW_READERS),
                "events of a version that does not have the field were read with one value and are now with another: a"
                    + " replay gives other views",
                "keep the default", Optional.empty(), Optional.of(witness))));
      }
    }
    return finding;
  }

  private static List<Finding> sorted(List<Finding> findings) {
    Map<List<Object>, Finding> once = new LinkedHashMap<>();
    for (var finding : findings)
      once.putIfAbsent(
          List.of(finding.rule(), finding.path(), finding.severity(),
              finding.damage().flatMap(Finding.Damage::hurt)),
          finding);
    return once.values().stream()
        .sorted((one, other) -> other.severity().compareTo(one.severity())).toList();
  }
}
