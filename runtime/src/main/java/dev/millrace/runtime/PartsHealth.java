package dev.millrace.runtime;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Readiness, part by part: the servers behind the runtime, and all that it hosts. Restoring and catching up are ready:
 * a view answers meanwhile, and says how fresh it is. Where the settings ask for it, a view that is less fresh than it is to be
 * is not.
 */
@Singleton
@Readiness
final class PartsHealth implements HealthIndicator {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Servers servers;
  private final Host host;
  private final ViewSlo slo;
  private final ExecutorService threads;

  PartsHealth(Servers servers, Host host, ViewSlo slo,
      @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
    this.servers = servers;
    this.host = host;
    this.slo = slo;
    this.threads = threads;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Flux.defer(() -> Flux.fromIterable(results()))
        .subscribeOn(Schedulers.fromExecutorService(threads));
  }

  private List<HealthResult> results() {
    var results = new ArrayList<HealthResult>();
    for (var answer : servers.ask(PATIENCE)) {
      var details = answer.fault().map(fault -> Map.of("address", answer.address(), "fault", fault))
          .orElse(Map.of("address", answer.address()));
      results.add(result(answer.server(), answer.fault().isEmpty(), details));
    }
    for (var part : host.parts()) {
      var state = part.state();
      results.add(result(part.kind().text() + ":" + part.name(), state.well(), state.details()));
    }
    for (var standing : slo.inReadiness()) {
      results.add(result("freshness:" + standing.view(), standing.met(),
          Map.of("ageMillis", standing.age().toMillis(), "sloMillis", standing.slo().toMillis())));
    }
    return results;
  }

  private static HealthResult result(String name, boolean well, Map<String, ?> details) {
    return HealthResult.builder(name, well ? HealthStatus.UP : HealthStatus.DOWN).details(details).build();
  }
}
