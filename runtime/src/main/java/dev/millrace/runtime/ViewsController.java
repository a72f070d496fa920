package dev.millrace.runtime;

import dev.millrace.view.ViewStatus;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The read models: what they hold, and how fresh it is. Decimals are texts; dates and times are ISO 8601. */
@Controller("/views")
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = "views")
class ViewsController {
  private static final String FILTER = "column:operator:value, such as country:eq:Germany; operators are eq, lt, le,"
      + " gt, ge and prefix; may stand several times, and all must hold";
  private static final String SORT = "columns with commas between, each with :desc where the greatest comes first, such"
      + " as net:desc,country";

  private final Views views;

  ViewsController(Views views) {
    this.views = views;
  }

  /**
   * How a view is.
   *
   * @param name the view
   * @param columns its columns, in order
   * @param key the columns that are its key
   * @param generation the number of the table that is live
   * @param rows how many rows it has
   * @param events how many events it has applied
   * @param lag how many records it has not read yet; an upper bound
   * @param freshnessMillis how old the newest thing is that the view does not show; 0 where it shows all
   * @param eventFreshnessMillis how far the view is behind by the times at which the events happened; 0 where it shows all
   * @param parked how many records are kept aside because they could not be applied
   * @param state NEW, RUNNING, RETRYING, FAILED, REBUILD_NEEDED or STOPPED
   * @param message what is wrong, or empty
   * @param at when this was found
   */
  @Serdeable
  record ViewItem(String name, List<String> columns, List<String> key, int generation, long rows, long events,
      long lag, long freshnessMillis, long eventFreshnessMillis, long parked, String state, String message,
      String at) {

    static ViewItem of(Views.View view, ViewStatus status) {
      var projection = view.model().projection();
      return new ViewItem(projection.name(), projection.columns(), projection.keyColumns(),
          status.generation(), status.rows(), status.events(), status.lag(), status.freshness().toMillis(),
          status.eventFreshness().toMillis(),
          status.parked(), status.state().name(), status.message(), status.at().toString());
    }
  }

  /**
   * A page of rows.
   *
   * @param rows the rows, each an object of the view's columns
   * @param next what to say as page to get the next one; null on the last
   */
  @Serdeable
  record Rows(List<Map<String, @Nullable Object>> rows, @Nullable String next) {}

  /** The views there are, and how each is. */
  @Get
  @ApiResponse(responseCode = "200", description = "the views")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  List<ViewItem> views() {
    return views.statuses().stream().map(status -> ViewItem.of(views.named(status.view()), status)).toList();
  }

  /**
   * A page of a view's rows.
   *
   * @param view the view's name
   */
  @Get("/{view}")
  @Operation(parameters = {
      @Parameter(name = "filter", in = ParameterIn.QUERY, description = FILTER, array = @ArraySchema(schema = @Schema(type = "string"), maxItems = 20)),
      @Parameter(name = "sort", in = ParameterIn.QUERY, description = SORT, schema = @Schema(type = "string")),
      @Parameter(name = "limit", in = ParameterIn.QUERY, description = "how many rows a page has at most", schema = @Schema(type = "integer", minimum = "1", maximum = "1000", defaultValue = "100")),
      @Parameter(name = "page", in = ParameterIn.QUERY, description = "the next of the page before; the rest of the query stays the same", schema = @Schema(type = "string")),
      @Parameter(name = FreshnessHeaders.AT_LEAST, in = ParameterIn.HEADER, description = FreshnessHeaders.AT_LEAST_DESCRIPTION, schema = @Schema(type = "string")),
      @Parameter(name = FreshnessHeaders.WAIT, in = ParameterIn.HEADER, description = FreshnessHeaders.WAIT_DESCRIPTION, schema = @Schema(type = "string", defaultValue = "2s"))})
  @ApiResponse(responseCode = "200", description = "the page")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  @ApiResponse(responseCode = "503", description = "not-fresh-yet: the view has not come as far as asked, and the detail says how far it is", headers = @Header(name = "Retry-After", description = "after how many seconds to ask again", schema = @Schema(type = "integer")), content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Rows rows(@PathVariable String view, @Parameter(hidden = true) HttpRequest<?> request) {
    var page = views.named(view).model().queryPlain(new ViewQuery(request.getParameters()).query(),
        new FreshnessHeaders(request.getHeaders()).read());
    return new Rows(page.rows().stream().map(Plain::row).toList(), page.next().orElse(null));
  }

  /**
   * The row of a key.
   *
   * @param view the view's name
   * @param key the key, or its first part, percent-encoded
   * @param second its second part, where it has several
   * @param third its third part
   */
  @Get(uris = {"/{view}/{key}", "/{view}/{key}/{second}", "/{view}/{key}/{second}/{third}"})
  @Operation(parameters = {
      @Parameter(name = FreshnessHeaders.AT_LEAST, in = ParameterIn.HEADER, description = FreshnessHeaders.AT_LEAST_DESCRIPTION, schema = @Schema(type = "string")),
      @Parameter(name = FreshnessHeaders.WAIT, in = ParameterIn.HEADER, description = FreshnessHeaders.WAIT_DESCRIPTION, schema = @Schema(type = "string", defaultValue = "2s"))})
  @ApiResponse(responseCode = "200", description = "the row, an object of the view's columns", content = @Content(mediaType = "application/json", schema = @Schema(type = "object")))
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  @ApiResponse(responseCode = "503", description = "not-fresh-yet: the view has not come as far as asked, and the detail says how far it is", headers = @Header(name = "Retry-After", description = "after how many seconds to ask again", schema = @Schema(type = "integer")), content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Map<String, @Nullable Object> row(@PathVariable String view, @PathVariable String key,
      @PathVariable @Nullable String second, @PathVariable @Nullable String third,
      @Parameter(hidden = true) HttpRequest<?> request) {
    var parts = Stream.of(key, second, third).filter(Objects::nonNull).toList();
    return views.named(view).model().getPlain(parts, new FreshnessHeaders(request.getHeaders()).read())
        .map(Plain::row)
        .orElseThrow(() -> new ProblemException(Problem.Code.UNKNOWN_KEY, view + " has no row with the key "
            + String.join(", ", parts) + "; GET /views/" + view + " lists those it has"));
  }
}
