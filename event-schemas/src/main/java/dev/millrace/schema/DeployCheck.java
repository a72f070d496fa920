package dev.millrace.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
   * Judges what the newest version of a service's events does to their readers, those first that it hurts most.
   *
   * @param service who owns the events: an event of its that the schemas do not have is published no more; all events of the
   *     schemas are meant where it is empty
   * @return none of readers of other services' events
   */
  public static List<Verdict> of(EventSchemas schemas, Optional<String> service, List<EventReader> readers) {
    var verdicts = new ArrayList<Verdict>();
    for (var reader : readers) {
      var versions = schemas.versions(reader.event());
      if (!versions.isEmpty() && isOf(service, versions.getLast().getProp("owner")))
        verdicts
            .add(verdict(reader, SchemaCheck.between(reader.schema(), versions.getLast(), Level.FORWARD)));
      else if (versions.isEmpty() && service.isPresent() && isOf(service, reader.schema().getProp("owner")))
        verdicts.add(gone(reader));
    }
    verdicts.sort(Comparator.comparing(Verdict::standing).reversed()
        .thenComparing(verdict -> verdict.reader().name())
        .thenComparing(verdict -> verdict.reader().event()));
    return verdicts;
  }

  private static boolean isOf(Optional<String> service, @Nullable String owner) {
    return service.isEmpty() || service.get().equals(owner);
  }

  private static Verdict gone(EventReader reader) {
    return new Verdict(reader, Standing.BREAKS, List.of(
        Finding.of(Rule.EVENT_REMOVED, Severity.BREAKING, reader.event(), "v" + reader.version(), "")
            .because("it is published no more", "let the reader go first")));
  }

  private static Verdict verdict(EventReader reader, List<Finding> findings) {
    var standing = Standing.FINE;
    var why = new ArrayList<Finding>();
    for (var finding : findings) {
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
    // What is removed is read as its default: nobody's event is changed, but the reader's view is.
    if (finding.severity() != Severity.DAMAGING && finding.rule() != Rule.FIELD_REMOVED)
      return Standing.FINE;
    return reader.uses(finding.path()) ? Standing.DAMAGED : Standing.DOES_NOT_CARE;
  }
}
