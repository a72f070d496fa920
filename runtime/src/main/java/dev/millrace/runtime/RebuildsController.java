package dev.millrace.runtime;

import dev.millrace.view.Rebuild;
import dev.millrace.view.RebuildPlan;
import dev.millrace.view.RebuildProgress.Phase;
import dev.millrace.view.ViewStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.json.JsonMapper;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.inject.Named;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Makes views anew beside the live ones: begins, slows down, stops, and tells how far they are. */
@Controller("/rebuilds")
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = "rebuilds")
class RebuildsController {
  private static final Duration TELL_EVERY = Duration.ofMillis(500);

  private final Rebuilds rebuilds;
  private final JsonMapper mapper;
  private final ExecutorService threads;

  RebuildsController(Rebuilds rebuilds, JsonMapper mapper,
      @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
    this.rebuilds = rebuilds;
    this.mapper = mapper;
    this.threads = threads;
  }

  /**
   * How far a rebuild is.
   *
   * @param generation the number of the table that it fills
   * @param phase FOLDING, COPYING, FOLLOWING or FAILED
   * @param records how many records it has read
   * @param total how many there were at its start, an upper bound; null where the log does not know
   * @param perSecond how many it reads a second, smoothed
   * @param secondsLeft for about how long it will read; null where nothing tells
   * @param bytes how many bytes of payload it has read
   * @param spilledBytes how many bytes did not fit in memory, and are on disk
   * @param buckets in how many buckets those are
   * @param folded how many of the buckets are folded
   * @param inOrder why it takes the history a batch at a time; empty where it folds all at once
   * @param lag once it follows the log: how many records it has not read yet
   * @param state RUNNING, RETRYING, FAILED or STOPPED
   * @param message what is wrong, or empty
   * @param partitions how many records were read of each partition
   */
  @Serdeable
  record RebuildItem(String view, int generation, String phase, boolean paused, long records,
      @Nullable Long total,
      long perSecond, @Nullable Long secondsLeft, long bytes, long spilledBytes, int buckets, int folded,
      String inOrder,
      long lag, String state, String message, Map<String, Long> partitions) {
    static RebuildItem of(Rebuild rebuild) {
      var progress = rebuild.progress();
      var health = rebuild.health();
      // Before it follows the log the progress tells what is left; asking the log costs it something.
      long lag = progress.phase() == Phase.FOLLOWING ? rebuild.status().lag() : 0;
      var partitions = new TreeMap<String, Long>();
      progress.partitions()
          .forEach((partition, done) -> partitions.put(partition.toString(), done.records()));
      return new RebuildItem(rebuild.view(), rebuild.generation(), progress.phase().name(), progress.paused(),
          progress.records(), value(progress.total()), Math.round(progress.perSecond()),
          progress.left().map(Duration::toSeconds).orElse(null), progress.bytes(), progress.spilled(),
          progress.buckets(), progress.folded(), progress.inOrder(), lag, health.state().name(),
          health.message(), partitions);
    }

    /** Whether there is nothing more to wait for. */
    boolean isDone() {
      return phase.equals(Phase.FAILED.name()) || state.equals(ViewStatus.State.FAILED.name())
          || state.equals(ViewStatus.State.STOPPED.name())
          || (phase.equals(Phase.FOLLOWING.name()) && lag == 0);
    }
  }

  /**
   * What a rebuild would take.
   *
   * @param records how many records there are to read, an upper bound; null where the log does not know
   * @param sampled how many were read to find out the rest
   * @param perSecond how many of those in a second
   * @param seconds for about how long it would read; null where nothing tells
   * @param rows how many rows the live view has
   * @param tableBytes how much disk its table and indexes take, as the new ones would
   * @param memoryBytes how much memory so many rows take, about
   * @param spills whether that is more than they may take, so that folders on disk are needed
   */
  @Serdeable
  record PlanItem(String view, @Nullable Long records, long sampled, long perSecond, @Nullable Long seconds,
      long rows,
      long tableBytes, long memoryBytes, boolean spills) {
    static PlanItem of(String view, RebuildPlan plan) {
      return new PlanItem(view, value(plan.records()), plan.sampled(), Math.round(plan.perSecond()),
          plan.time().map(Duration::toSeconds).orElse(null), plan.rows(), plan.tableBytes(),
          plan.memoryBytes(),
          plan.spills());
    }
  }

  /**
   * How to rebuild.
   *
   * @param memoryMiB about how much memory the rows may take; 256 unless said
   * @param perSecond how many records to read a second at most
   * @param anew whether to begin from the first record, also where an earlier rebuild could be gone on with
   */
  @Serdeable
  record RebuildBody(@Nullable Long memoryMiB, @Nullable Long perSecond, boolean anew) {}

  /** @param perSecond how many records to read a second at most; as many as can be where it is missing */
  @Serdeable
  record ThrottleBody(@Nullable Long perSecond) {}

  private static @Nullable Long value(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }

  /** The rebuilds that this instance does. */
  @Get
  @ApiResponse(responseCode = "200", description = "the rebuilds")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  List<RebuildItem> all() {
    return rebuilds.all().stream().map(RebuildItem::of).toList();
  }

  /**
   * How far a view's rebuild is.
   *
   * @param view the view's name
   */
  @Get("/{view}")
  @ApiResponse(responseCode = "200", description = "the rebuild")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  RebuildItem one(@PathVariable String view) {
    return RebuildItem.of(rebuilds.named(view));
  }

  /**
   * How far a view's rebuild is, a line of JSON twice a second, until it has read all or failed.
   *
   * @param view the view's name
   */
  @Get("/{view}/progress")
  @Produces(Tails.NDJSON)
  @ApiResponse(responseCode = "200", description = "lines, each a rebuild", content = @Content(mediaType = Tails.NDJSON, schema = @Schema(implementation = RebuildItem.class)))
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Publisher<byte[]> progress(@PathVariable String view) {
    var rebuild = rebuilds.named(view);
    return Flux.interval(Duration.ZERO, TELL_EVERY).onBackpressureDrop()
        .publishOn(Schedulers.fromExecutorService(threads), 1).map(_ -> RebuildItem.of(rebuild))
        .takeUntil(RebuildItem::isDone).map(this::line);
  }

  private byte[] line(RebuildItem item) {
    try {
      return (new String(mapper.writeValueAsBytes(item), StandardCharsets.UTF_8) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a rebuild of the view would take; nothing is changed. Takes some seconds.
   *
   * @param view the view's name
   * @param memoryMiB about how much memory the rows may take; 256 unless said
   */
  @Get("/{view}/plan")
  @ApiResponse(responseCode = "200", description = "the plan")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  PlanItem plan(@PathVariable String view, @Nullable @QueryValue Long memoryMiB) {
    var settings = rebuilds.of(view);
    if (memoryMiB != null)
      settings.memory(mebibytes(memoryMiB));
    return PlanItem.of(view, settings.plan());
  }

  private static long mebibytes(long count) {
    if (count < 1 || count > 1 << 20)
      throw new ProblemException(Problem.Code.BAD_REQUEST,
          "memoryMiB " + count + " is not within 1 to " + (1 << 20));
    return count << 20;
  }

  /**
   * Begins a rebuild, or goes on with one that was begun and stopped.
   *
   * @param view the view's name
   */
  @Post("/{view}")
  @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = RebuildBody.class)))
  @ApiResponse(responseCode = "200", description = "the rebuild")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  RebuildItem start(@PathVariable String view, @Body Map<String, Object> body) {
    var order = new OrderBody(body, "memoryMiB", "perSecond", "anew");
    var settings = rebuilds.of(view);
    order.number("memoryMiB").ifPresent(count -> settings.memory(mebibytes(count)));
    order.number("perSecond").ifPresent(settings::throttle);
    if (order.truth("anew"))
      settings.anew();
    return RebuildItem.of(rebuilds.start(view, settings));
  }

  /**
   * Has a rebuild wait until it is told to go on.
   *
   * @param view the view's name
   */
  @Post("/{view}/pause")
  @ApiResponse(responseCode = "200", description = "the rebuild")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  RebuildItem pause(@PathVariable String view, @Body Map<String, Object> body) {
    var _ = new OrderBody(body);
    var rebuild = rebuilds.named(view);
    rebuild.pause();
    return RebuildItem.of(rebuild);
  }

  /**
   * Has a rebuild go on.
   *
   * @param view the view's name
   */
  @Post("/{view}/resume")
  @ApiResponse(responseCode = "200", description = "the rebuild")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  RebuildItem resume(@PathVariable String view, @Body Map<String, Object> body) {
    var _ = new OrderBody(body);
    var rebuild = rebuilds.named(view);
    rebuild.resume();
    return RebuildItem.of(rebuild);
  }

  /**
   * Slows a rebuild down, or lets it go as fast as it can.
   *
   * @param view the view's name
   */
  @Post("/{view}/throttle")
  @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = ThrottleBody.class)))
  @ApiResponse(responseCode = "200", description = "the rebuild")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  RebuildItem throttle(@PathVariable String view, @Body Map<String, Object> body) {
    var order = new OrderBody(body, "perSecond");
    var rebuild = rebuilds.named(view);
    rebuild.throttle(order.number("perSecond"));
    return RebuildItem.of(rebuild);
  }

  /**
   * Gives a rebuild up, and takes away what it has made.
   *
   * @param view the view's name
   */
  @Post("/{view}/cancel")
  @ApiResponse(responseCode = "200", description = "it is gone")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Map<String, Object> cancel(@PathVariable String view, @Body Map<String, Object> body) {
    var _ = new OrderBody(body);
    int generation = rebuilds.named(view).generation();
    rebuilds.cancel(view);
    return Map.of("view", view, "cancelled", generation);
  }
}
