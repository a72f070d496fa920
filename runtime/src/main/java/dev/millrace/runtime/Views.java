package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import dev.millrace.view.Keeper;
import dev.millrace.view.Projection;
import dev.millrace.view.ReadModel;
import dev.millrace.view.Runner;
import dev.millrace.view.ViewStatus;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import javax.sql.DataSource;

/** The views that this process keeps and answers from, by name. Safe for many threads. */
@Singleton
final class Views {
  private final SortedMap<String, View> views = new TreeMap<>();
  private final ExecutorService threads;

  /** A view: who keeps it, and who answers from it. */
  record View(Keeper keeper, ReadModel<?> model) {
    String name() {
      return model.projection().name();
    }
  }

  Views(Parts parts, EventLog log, EventCodec codec, DataSource database, Settings settings,
      @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
    this.threads = threads;
    for (var projection : parts.projections()) {
      if (views.put(projection.name(), view(projection, log, codec, database, settings)) != null) {
        throw new StartException(StartException.Code.CONFIGURATION,
            List.of("two projections have the name " + projection.name() + ": rename one"));
      }
    }
  }

  private static View view(Projection<?> projection, EventLog log, EventCodec codec, DataSource database,
      Settings settings) {
    return new View(
        Keeper.of(
            Runner.of(projection).log(log).codec(codec).database(database).parkAtMost(settings.parking())),
        ReadModel.of(projection, database, log));
  }

  Collection<View> all() {
    return views.values();
  }

  /** @throws ProblemException UNKNOWN_VIEW, naming those there are */
  View named(String name) {
    var view = views.get(name);
    if (view == null) {
      throw new ProblemException(Problem.Code.UNKNOWN_VIEW, "there is no view '" + name + "'; there "
          + (views.isEmpty() ? "are none" : "are " + String.join(", ", views.keySet())));
    }
    return view;
  }

  /** How every view is; asked at the same time, since each asks the database and the log. */
  List<ViewStatus> statuses() {
    return asked(Keeper::status);
  }

  /** How the effects of every view are that has any. */
  List<ViewStatus> effects() {
    return asked(Keeper::effects).stream().flatMap(Optional::stream).toList();
  }

  private <T> List<T> asked(Function<Keeper, T> question) {
    List<Callable<T>> asks = new ArrayList<>();
    views.values().forEach(view -> asks.add(() -> question.apply(view.keeper())));
    var answers = new ArrayList<T>();
    try {
      for (var future : threads.invokeAll(asks)) {
        answers.add(future.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking the views how they are", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause)
        throw cause;
      throw new IllegalStateException(e.getCause());
    }
    return answers;
  }
}
