package dev.millrace.runtime;

import dev.millrace.view.ViewStatus;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the views are as fresh as they are to be. */
@Singleton
final class ViewSlo {
  private final FreshnessSlo slo;
  private final Views views;
  private final ViewStatuses statuses;
  private final Clock clock;

  ViewSlo(Settings settings, Views views, ViewStatuses statuses, Clock clock) {
    this.slo = settings.freshness();
    this.views = views;
    this.statuses = statuses;
    this.clock = clock;
    var names = views.all().stream().map(Views.View::name).toList();
    var unknown = slo.views().keySet().stream().filter(view -> !names.contains(view)).sorted()
        .map(view -> SettingsReader.FRESHNESS_SLO + " names the view '" + view
            + "', which is not here; there are "
            + String.join(", ", names))
        .toList();
    if (!unknown.isEmpty())
      throw new StartException(StartException.Code.CONFIGURATION, unknown);
  }

  /**
   * How a view stands to what is promised of it.
   *
   * @param age how old the newest thing is that it does not show, or may be: where nobody could be asked lately, the time since
   *     then comes on top
   */
  record Standing(String view, Duration slo, Duration age) {
    boolean met() {
      return age.compareTo(slo) <= 0;
    }
  }

  /** How fresh a view is to be; empty where nothing is promised. */
  Optional<Duration> of(String view) {
    return slo.of(view);
  }

  /** Empty where nothing is promised of the view, or nothing is known of it yet. */
  Optional<Standing> standing(String view) {
    return slo.of(view)
        .flatMap(promised -> statuses.of(view).map(status -> new Standing(view, promised, age(status))));
  }

  /** What readiness is to depend on: nothing unless that is asked for. */
  List<Standing> inReadiness() {
    var standings = new ArrayList<Standing>();
    if (slo.inReadiness())
      views.all().forEach(view -> standing(view.name()).ifPresent(standings::add));
    return standings;
  }

  private Duration age(ViewStatus status) {
    if (status.state() == ViewStatus.State.RUNNING)
      return status.freshness();
    var silence = Duration.between(status.at(), clock.instant());
    return status.freshness().plus(silence.isNegative() ? Duration.ZERO : silence);
  }
}
