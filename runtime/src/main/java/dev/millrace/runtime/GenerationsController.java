package dev.millrace.runtime;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.schema.EventCodec;
import dev.millrace.view.AsOf;
import dev.millrace.view.Audit;
import dev.millrace.view.Comparison;
import dev.millrace.view.Generation;
import dev.millrace.view.Projection;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The generations of views: which readers see, how they compare with each other and with their log, and how they were. */
@Controller("/generations")
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = "generations")
class GenerationsController {
  private final Views views;
  private final Rebuilds rebuilds;
  private final EventLog log;
  private final EventCodec codec;
  private final DataSource database;

  GenerationsController(Views views, Rebuilds rebuilds, EventLog log, EventCodec codec, DataSource database) {
    this.views = views;
    this.rebuilds = rebuilds;
    this.log = log;
    this.codec = codec;
    this.database = database;
  }

  /**
   * A generation.
   *
   * @param live whether readers see it
   * @param previous whether a rollback makes it so
   * @param current whether this program's definition of the view made it
   * @param filling what its rebuild is at; null where it was promoted, or never rebuilt
   * @param dependents what was made from its table, and has to go before it
   */
  @Serdeable
  record GenerationItem(String view, int generation, boolean live, boolean previous, boolean current,
      @Nullable String filling, String createdAt, List<String> dependents) {}

  /**
   * A row that differs.
   *
   * @param key its key
   * @param fields the columns that differ
   * @param expected whether the projection declares that they do
   * @param live the row as readers see it; null where there is none
   * @param other the other row; null where there is none
   */
  @Serdeable
  record DifferenceItem(Map<String, @Nullable Object> key, List<String> fields, boolean expected,
      @Nullable Map<String, @Nullable Object> live, @Nullable Map<String, @Nullable Object> other) {
    static DifferenceItem of(Comparison.Difference difference) {
      return new DifferenceItem(Plain.row(difference.key()), List.copyOf(difference.fields()),
          difference.expected(),
          row(difference.live()), row(difference.rebuilt()));
    }

    private static @Nullable Map<String, @Nullable Object> row(@Nullable Map<String, @Nullable Object> row) {
      return row == null ? null : Plain.row(row);
    }
  }

  /**
   * What two tables of a view hold.
   *
   * @param samePosition whether both have read equally far; where not, a difference means nothing
   * @param asExpected whether nothing differs but what is declared
   * @param liveRows how many rows the live one has, of those that were looked at
   * @param otherRows how many the other has
   * @param different how many rows differ
   * @param unexpected how many of them in what is not declared
   * @param examples the first of them
   */
  @Serdeable
  record ComparisonItem(String view, boolean samePosition, boolean asExpected, long liveRows, long otherRows,
      long different, long unexpected, List<DifferenceItem> examples) {
    static ComparisonItem of(String view, Comparison found) {
      return new ComparisonItem(view, found.samePosition(), found.asExpected(), found.liveRows(),
          found.newRows(),
          found.different(), found.unexpected(), found.examples().stream().map(DifferenceItem::of).toList());
    }
  }

  /**
   * Which generation to promote, and how.
   *
   * @param generation the one of the rebuild unless said
   * @param unverified whether to promote it whatever its rows are
   */
  @Serdeable
  record PromoteBody(@Nullable Integer generation, boolean unverified) {}

  /** @param inTime whether to roll back also where the generation before was not kept, and readers see what was so earlier */
  @Serdeable
  record RollbackBody(boolean inTime) {}

  /** @param generation which one */
  @Serdeable
  record DropBody(int generation) {}

  /**
   * The generations of a view.
   *
   * @param view the view's name
   */
  @Get("/{view}")
  @ApiResponse(responseCode = "200", description = "the generations")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  List<GenerationItem> all(@PathVariable String view) {
    var generations = rebuilds.generations(view);
    return generations.all().stream().map(one -> item(view, one, generations.dependents(one.number())))
        .toList();
  }

  private static GenerationItem item(String view, Generation one, List<String> dependents) {
    return new GenerationItem(view, one.number(), one.live(), one.previous(), one.current(),
        one.filling().map(Enum::name).orElse(null), one.createdAt().toString(), dependents);
  }

  /**
   * A generation beside the live one, at a moment at which both have read equally far.
   *
   * @param view the view's name
   * @param generation the one of the rebuild unless said
   */
  @Get("/{view}/comparison")
  @ApiResponse(responseCode = "200", description = "the comparison")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  ComparisonItem comparison(@PathVariable String view, @Nullable @QueryValue Integer generation) {
    projection(view);
    return ComparisonItem.of(view,
        rebuilds.compare(view, generation == null ? rebuilds.candidate(view) : generation));
  }

  /**
   * The live generation beside what its log comes to: the history is folded anew for it.
   *
   * @param view the view's name
   * @param sample which part of the keys to look at, above 0 and at most 1; all unless said
   */
  @Get("/{view}/audit")
  @ApiResponse(responseCode = "200", description = "the comparison; the other rows are those of the log")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  ComparisonItem audit(@PathVariable String view, @QueryValue(defaultValue = "1") double sample) {
    if (!(sample > 0 && sample <= 1))
      throw new ProblemException(Problem.Code.BAD_REQUEST,
          "sample " + sample + " is not above 0 and at most 1");
    return ComparisonItem.of(view,
        Audit.of(projection(view)).log(log).codec(codec).database(database).sample(sample).run());
  }

  /**
   * Rows of the view as it was: folded anew up to there for this answer.
   *
   * @param view the view's name
   * @param at earliest, a time such as 2026-03-01T00:00:00Z, or a place of a partition as PARTITION@POSITION
   */
  @Get("/{view}/as-of")
  @ApiResponse(responseCode = "200", description = "the rows; a page of them, as of the view")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  ViewsController.Rows asOf(@PathVariable String view, @QueryValue String at,
      @Parameter(hidden = true) HttpRequest<?> request) {
    var query = new ViewQuery(request.getParameters(), Set.of("at")).query();
    return then(projection(view), at, then -> {
      var page = then.model().queryPlain(query);
      return new ViewsController.Rows(page.rows().stream().map(Plain::row).toList(),
          page.next().orElse(null));
    });
  }

  /**
   * What has changed in the view since: the live one beside the view as it was.
   *
   * @param view the view's name
   * @param at as for the rows
   */
  @Get("/{view}/as-of/comparison")
  @ApiResponse(responseCode = "200", description = "the comparison; the other rows are those of then")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  ComparisonItem since(@PathVariable String view, @QueryValue String at) {
    return then(projection(view), at, then -> ComparisonItem.of(view, then.compare()));
  }

  private <R extends Record, T> T then(Projection<R> projection, String at, Function<AsOf<R>, T> ask) {
    var until = Cursor.start();
    for (var stream : projection.streams()) {
      if (at.contains("@") && projection.streams().size() > 1) {
        throw new ProblemException(Problem.Code.BAD_FROM,
            projection.name() + " reads several streams: give a time, and no"
                + " place in one of them");
      }
      until = until.with(new From(log, stream).cursor(at));
    }
    try (var then = AsOf.of(projection).log(log).codec(codec).database(database).upTo(until)) {
      return ask.apply(then);
    }
  }

  private Projection<?> projection(String view) {
    return views.named(view).model().projection();
  }

  /**
   * Makes a generation the one that readers see, if it has come as far as the live one and differs in nothing that is not
   * declared.
   *
   * @param view the view's name
   */
  @Post("/{view}/promote")
  @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = PromoteBody.class)))
  @ApiResponse(responseCode = "200", description = "what readers see now")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Map<String, Object> promote(@PathVariable String view, @Body Map<String, Object> body) {
    var order = new OrderBody(body, "generation", "unverified");
    projection(view);
    var named = order.generation();
    int generation = named.isPresent() ? named.getAsInt() : rebuilds.candidate(view);
    rebuilds.promote(view, generation, order.truth("unverified"));
    return live(view, generation);
  }

  /**
   * Makes the generation before the one that readers see.
   *
   * @param view the view's name
   */
  @Post("/{view}/rollback")
  @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = RollbackBody.class)))
  @ApiResponse(responseCode = "200", description = "what readers see now")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Map<String, Object> rollback(@PathVariable String view, @Body Map<String, Object> body) {
    var order = new OrderBody(body, "inTime");
    var generations = rebuilds.generations(view);
    int generation = order.truth("inTime") ? generations.rollbackInTime() : generations.rollback();
    views.named(view).keeper().look();
    return live(view, generation);
  }

  /**
   * Takes a generation away that is not live.
   *
   * @param view the view's name
   */
  @Post("/{view}/drop")
  @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = DropBody.class)))
  @ApiResponse(responseCode = "200", description = "it is gone")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Map<String, Object> drop(@PathVariable String view, @Body Map<String, Object> body) {
    var generation = new OrderBody(body, "generation").generation().orElseThrow(
        () -> new ProblemException(Problem.Code.BAD_REQUEST, "say which generation; GET /generations/" + view
            + " lists them"));
    rebuilds.drop(view, generation);
    return new TreeMap<>(Map.of("view", view, "dropped", generation));
  }

  private static Map<String, Object> live(String view, int generation) {
    return new TreeMap<>(Map.of("view", view, "live", generation));
  }
}
