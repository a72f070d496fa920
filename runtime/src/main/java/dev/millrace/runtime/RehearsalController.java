package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import dev.millrace.runtime.GenerationsController.ComparisonItem;
import dev.millrace.schema.EventCodec;
import dev.millrace.view.Audit;
import dev.millrace.view.Rehearsal;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.json.JsonMapper;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.inject.Named;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.FluxSink;

/** What a view would be if it were rebuilt by this instance, before its code goes live. */
@Controller("/generations")
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = "generations")
class RehearsalController {
  private static final Logger LOG = LoggerFactory.getLogger(RehearsalController.class);

  private final Views views;
  private final EventLog log;
  private final EventCodec codec;
  private final DataSource database;
  private final JsonMapper mapper;
  private final ExecutorService threads;

  RehearsalController(Views views, EventLog log, EventCodec codec, DataSource database, JsonMapper mapper,
      @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
    this.views = views;
    this.log = log;
    this.codec = codec;
    this.database = database;
    this.mapper = mapper;
    this.threads = threads;
  }

  /**
   * Events that could not be taken for one reason.
   *
   * @param reason such as UNREADABLE or FOLD_FAILED
   * @param example what was said of one of them
   * @param records how many there are
   * @param keys of how many keys
   */
  @Serdeable
  record FailureItem(String reason, String example, long records, long keys) {}

  /**
   * What a view would be if it were rebuilt by this instance.
   *
   * @param asExpected whether every event was taken, and nothing differs but what is declared; of the last events alone, whether
   *     every one was read
   * @param comparison the live view beside it; null where only the last events were taken
   * @param records how many were read and folded
   * @param tookMillis how long that took: about what a rebuild takes, where all was taken
   */
  @Serdeable
  record RehearsalItem(String view, boolean asExpected, List<FailureItem> failures,
      @Nullable ComparisonItem comparison, long records, long tookMillis) {
    static RehearsalItem of(String view, Rehearsal done) {
      return new RehearsalItem(view, done.asExpected(), done.failures().stream()
          .map(one -> new FailureItem(one.reason(), one.example(), one.records(), one.keys())).toList(),
          done.comparison().map(found -> ComparisonItem.of(view, found)).orElse(null), done.records(),
          done.took().toMillis());
    }
  }

  /**
   * How far a rehearsal is.
   *
   * @param records how many were read and folded
   * @param total how many there are, an upper bound; null where the log does not know
   */
  @Serdeable
  record FoldedItem(long records, @Nullable Long total) {}

  /**
   * What the view would be if it were rebuilt with the projection, the schemas and the upcasters of this instance: the history
   * is folded anew for it, and the live view is left alone. Says about once a second how far it is, and ends with a line of
   * what it found; a problem instead where it could not go on.
   *
   * @param view the view's name
   * @param last takes so many events alone, those that were appended last, 1 to 100000, and compares no rows then
   * @param since takes no events that were appended before, and compares no rows then; a time such as 2026-11-21T07:00:00Z
   */
  @Get("/{view}/rehearsal")
  @Produces(Tails.NDJSON)
  @ApiResponse(responseCode = "200", description = "lines with records and total, then what it would be, beside what it is", content = @Content(mediaType = Tails.NDJSON, schema = @Schema(implementation = RehearsalItem.class)))
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Publisher<byte[]> rehearsal(@PathVariable String view, @Nullable @QueryValue String since,
      @Nullable @QueryValue Long last) {
    var audit = Audit.of(views.named(view).model().projection()).log(log).codec(codec).database(database);
    if (since != null && last != null)
      throw new ProblemException(Problem.Code.BAD_REQUEST,
          "since and last are two ways to say one thing: give one");
    if (since != null)
      audit.since(time(since));
    if (last != null)
      audit.last(count(last));
    // A thread of its own: one who goes away ends it at the next look, and not in the midst of what is to be cleared away.
    return Flux.create(sink -> threads.execute(() -> rehearse(view, audit, sink)));
  }

  private void rehearse(String view, Audit.Builder audit, FluxSink<byte[]> sink) {
    try {
      var done = audit.rehearse(progress -> {
        if (sink.isCancelled())
          throw new CancellationException("nobody waits for the rehearsal of " + view);
        sink.next(line(new FoldedItem(progress.records(),
            progress.total().isPresent() ? progress.total().getAsLong() : null)));
      });
      sink.next(line(RehearsalItem.of(view, done)));
    } catch (CancellationException e) {
      LOG.debug("{}", e.getMessage());
      return;
    } catch (RuntimeException e) {
      LOG.warn("the rehearsal of {} failed", view, e);
      sink.next(line(Problems.of(e)));
    }
    sink.complete();
  }

  private static long count(long last) {
    if (last < 1 || last > 100_000)
      throw new ProblemException(Problem.Code.BAD_REQUEST, "last " + last + " is not from 1 to 100000");
    return last;
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new ProblemException(Problem.Code.BAD_REQUEST,
          "since '" + text + "' is no time: write one such as 2026-11-21T07:00:00Z");
    }
  }

  private byte[] line(Object item) {
    try {
      return (new String(mapper.writeValueAsBytes(item), StandardCharsets.UTF_8) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
