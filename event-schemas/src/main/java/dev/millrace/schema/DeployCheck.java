package dev.millrace.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/**
 * Whom it would hurt if a service went live with its schemas: every reader that runs is asked for what it reads events as, and
 * for what its handlers use of them. Safe for use by many threads.
 */
public final class DeployCheck {
  private DeployCheck() {}

  /** How a reader would be, the best first. */
  public enum Standing {
    /** It reads every event as it was written. */
    FINE,
    /** Something changes that its handlers have not used so far. */
    DOES_NOT_CARE,
    /** It reads events, and a field that its handlers use has another value, or its default from now on. */
    DAMAGED,
    /** There are events that it cannot read, or it reads none any more. */
    BREAKS;

    /** Whether the service may not go live for it. */
    public boolean forbidden() {
      return compareTo(DAMAGED) >= 0;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * What would become of a reader.
   *
   * @param findings why, the worst first; empty where it is fine
   */
  public record Verdict(EventReader reader, Standing standing, List<Finding> findings) {
    public Verdict { findings = List.copyOf(findings); }
  }

  /**
   * Judges what the newest version of a service's events does to their readers, those first that it hurts most. A version that a
   * reader knows it reads well, by way of its upcasters where that is needed.
   *
   * @param service who owns the events: an event of its that the schemas do not have is published no more; where it is empty all
   *     services are meant that own one of the schemas
   * @return none of readers of other services' events
   */
  public static List<Verdict> of(EventSchemas schemas, Optional<String> service, List<EventReader> readers) {
    var owners = service.map(Set::of).orElseGet(() -> owners(schemas));
    var verdicts = new ArrayList<Verdict>();
    for (var reader : readers) {
      var newest = newest(schemas, reader.schema());
      if (newest.isPresent() && owners.contains(owner(newest.get())))
        verdicts.add(verdict(reader, newest.get()));
      else if (newest.isEmpty() && owners.contains(owner(reader.schema())))
        verdicts.add(gone(reader));
    }
    verdicts.sort(Comparator.comparing(Verdict::standing).reversed()
        .thenComparing(verdict -> verdict.reader().name())
        .thenComparing(verdict -> verdict.reader().event()));
    return verdicts;
  }

  /** Who owns one of these events. */
  public static Set<String> owners(EventSchemas schemas) {
    return schemas.byName().values().stream().map(versions -> owner(versions.getLast()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String owner(Schema schema) {
    return Objects.requireNonNullElse(schema.getProp("owner"), "");
  }

  /** By the names too that a reader knows an event to have had before. */
  private static Optional<Schema> newest(EventSchemas schemas, Schema reader) {
    return Stream.concat(Stream.of(reader.getFullName()), reader.getAliases().stream()).map(schemas::versions)
        .filter(versions -> !versions.isEmpty()).map(List::getLast).findFirst();
  }

  private static Verdict gone(EventReader reader) {
    return new Verdict(reader, Standing.BREAKS, List.of(
        Finding.of(Rule.EVENT_REMOVED, Severity.BREAKING, reader.event(), "v" + reader.schemas().size(), "")
            .because("it is published no more", "let the reader go first")));
  }

  private static Verdict verdict(EventReader reader, Schema newest) {
    var standing = Standing.FINE;
    var why = new ArrayList<Finding>();
    if (reader.schemas().contains(newest))
      return new Verdict(reader, standing, why);
    for (var finding : SchemaCheck.between(reader.schema(), newest, Level.FORWARD)) {
      var here = standing(reader, finding);
      if (here == Standing.FINE)
        continue;
      standing = here.compareTo(standing) > 0 ? here : standing;
      why.add(finding);
    }
    return new Verdict(reader, standing, why);
  }

  private static Standing standing(EventReader reader, Finding finding) {
    if (finding.severity() == Severity.BREAKING)
      return Standing.BREAKS;
    var path = switch (finding.rule()) {
      // It is read as its default: nobody's event is changed, but the reader's view is.
      case FIELD_REMOVED -> finding.path();
      case FIELD_RENAMED ->
        finding.path().substring(0, finding.path().lastIndexOf('.') + 1) + finding.older();
      default -> finding.severity() == Severity.DAMAGING ? finding.path() : "";
    };
    if (path.isEmpty())
      return Standing.FINE;
    return reader.uses(path) ? Standing.DAMAGED : Standing.DOES_NOT_CARE;
  }
}
