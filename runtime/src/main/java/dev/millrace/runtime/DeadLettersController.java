package dev.millrace.runtime;

import dev.millrace.schema.EventCodec;
import dev.millrace.view.DeadLetters;
import dev.millrace.view.DeadLetters.Filter;
import dev.millrace.view.Redrive;
import dev.millrace.view.Redriven;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The records that a view keeps aside, because they cannot be applied or because they wait behind one that cannot: to look at,
 * to try again, to drop.
 */
@Controller("/dead-letters")
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = "dead letters")
class DeadLettersController {
  private static final int SHOWN = 100;

  private final Views views;
  private final EventCodec codec;
  private final DataSource database;
  private final Clock clock;
  private final RecordJson records;

  DeadLettersController(Views views, EventCodec codec, DataSource database, Clock clock, RecordJson records) {
    this.views = views;
    this.codec = codec;
    this.database = database;
    this.clock = clock;
    this.records = records;
  }

  /**
   * Records that failed for the same cause.
   *
   * @param fingerprint the same for the same cause, whatever the key and the place
   * @param records how many failed
   * @param keys of how many keys
   * @param waiting how many records wait behind them
   * @param first when the first was parked
   * @param last when the last was parked
   * @param message what is wrong with that one
   */
  @Serdeable
  record GroupItem(String fingerprint, String reason, long records, long keys, long waiting, String first,
      String last, String message) {
    static GroupItem of(DeadLetters.Group group) {
      return new GroupItem(group.fingerprint(), group.reason(), group.records(), group.keys(),
          group.waiting(),
          group.first().toString(), group.last().toString(), group.message());
    }
  }

  /**
   * A page of parked records.
   *
   * @param records by stream and key, those of a key in their order
   * @param next what to say as page to get the next one; null on the last
   */
  @Serdeable
  record LetterPage(List<Map<String, @Nullable Object>> records, @Nullable String next) {}

  /**
   * What came of the records of one key, or of one record that has none.
   *
   * @param discarded how many were dropped
   * @param redriven how many went through
   * @param parked how many are parked still
   * @param reason why the first of those does not go through; null where it was not tried
   * @param message the same for people
   */
  @Serdeable
  record QueueItem(String stream, String key, long discarded, long redriven, long parked,
      @Nullable String reason,
      @Nullable String fingerprint, @Nullable String message) {
    static QueueItem of(Redriven.Queue queue) {
      var failure = queue.failure();
      return new QueueItem(queue.stream(), queue.key(), queue.discarded(), queue.redriven(), queue.parked(),
          failure.map(Redriven.Cause::reason).orElse(null),
          failure.map(Redriven.Cause::fingerprint).orElse(null),
          failure.map(Redriven.Cause::message).orElse(null));
    }
  }

  /**
   * What came of a redrive, or would come of it.
   *
   * @param queues by stream and key
   * @param next what to say as after to go on; null where all is done
   */
  @Serdeable
  record Report(List<QueueItem> queues, @Nullable String next) {}

  /**
   * Which parked records to redrive, and how: a key, a fingerprint or both, or else all.
   *
   * @param generation whose records; the live generation's unless said, and 0 for what has not had its effects
   * @param dryRun whether to find out what would come of it and change nothing
   * @param rate how many events a second at most
   * @param after the next of the report before
   */
  @Serdeable
  record RedriveBody(@Nullable String stream, @Nullable String key, @Nullable String fingerprint, boolean all,
      @Nullable Integer generation, boolean dryRun, @Nullable Integer rate, @Nullable String after) {}

  /**
   * Which parked records to drop, and how: as for a redrive.
   *
   * @param reason why; kept with them
   * @param by who does; kept with them
   */
  @Serdeable
  record DiscardBody(@Nullable String stream, @Nullable String key, @Nullable String fingerprint, boolean all,
      @Nullable Integer generation, boolean dryRun, @Nullable Integer rate, @Nullable String after,
      String reason,
      String by) {}

  /**
   * The causes for which records of a view are parked, the one with the most of them first.
   *
   * @param view the view's name
   * @param stream only those of this stream
   * @param key only those of this key
   * @param fingerprint only this cause
   * @param generation whose records; the live generation's unless said, and 0 for what has not had its effects
   */
  @Get("/{view}")
  @ApiResponse(responseCode = "200", description = "the causes")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  List<GroupItem> groups(@PathVariable String view, @Nullable @QueryValue String stream,
      @Nullable @QueryValue String key, @Nullable @QueryValue String fingerprint,
      @Nullable @QueryValue Integer generation) {
    return letters(view, generation).groups(filter(stream, key, fingerprint)).stream().map(GroupItem::of)
        .toList();
  }

  /**
   * A page of a view's parked records.
   *
   * @param view the view's name
   * @param stream only those of this stream
   * @param key only those of this key
   * @param fingerprint only those that failed for this cause, and what waits behind them
   * @param generation whose records; the live generation's unless said, and 0 for what has not had its effects
   * @param limit how many records a page has at most, 1 to 1000; 100 unless said
   * @param page the next of the page before
   */
  @Get("/{view}/records")
  @ApiResponse(responseCode = "200", description = "the page")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  LetterPage records(@PathVariable String view, @Nullable @QueryValue String stream,
      @Nullable @QueryValue String key, @Nullable @QueryValue String fingerprint,
      @Nullable @QueryValue Integer generation, @QueryValue(defaultValue = "100") int limit,
      @Nullable @QueryValue String page) {
    var found = letters(view, generation).list(filter(stream, key, fingerprint), Optional.ofNullable(page),
        limited(limit, DeadLetters.MOST_LETTERS));
    return new LetterPage(found.rows().stream().map(RecordJson::of).toList(), found.next().orElse(null));
  }

  /**
   * The first of a view's parked records with all that is known of them: where they failed, their envelope, and the event, or
   * the bytes in base64 where it cannot be decoded.
   *
   * @param view the view's name
   * @param stream only those of this stream
   * @param key only those of this key
   * @param fingerprint only those that failed for this cause, and what waits behind them
   * @param generation whose records; the live generation's unless said, and 0 for what has not had its effects
   * @param limit how many, 1 to 100; 1 unless said
   */
  @Get("/{view}/contents")
  @ApiResponse(responseCode = "200", description = "the records")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  List<Map<String, @Nullable Object>> contents(@PathVariable String view, @Nullable @QueryValue String stream,
      @Nullable @QueryValue String key, @Nullable @QueryValue String fingerprint,
      @Nullable @QueryValue Integer generation, @QueryValue(defaultValue = "1") int limit) {
    var which = filter(stream, key, fingerprint);
    var found = letters(view, generation).show(which, limited(limit, SHOWN));
    if (found.isEmpty())
      throw none(view, which);
    return found.stream().map(records::of).toList();
  }

  /**
   * What was dropped of a view's parked records, the latest first: by whom, why and when.
   *
   * @param view the view's name
   * @param stream only those of this stream
   * @param key only those of this key
   * @param fingerprint only those that failed for this cause
   * @param generation whose records; the live generation's unless said, and 0 for what has not had its effects
   * @param limit how many, 1 to 1000; 100 unless said
   */
  @Get("/{view}/discarded")
  @ApiResponse(responseCode = "200", description = "the records")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  List<Map<String, @Nullable Object>> discarded(@PathVariable String view,
      @Nullable @QueryValue String stream,
      @Nullable @QueryValue String key, @Nullable @QueryValue String fingerprint,
      @Nullable @QueryValue Integer generation, @QueryValue(defaultValue = "100") int limit) {
    return letters(view, generation)
        .discarded(filter(stream, key, fingerprint), limited(limit, DeadLetters.MOST_LETTERS)).stream()
        .map(DeadLettersController::line).toList();
  }

  private static Map<String, @Nullable Object> line(DeadLetters.Discarded discarded) {
    var line = RecordJson.of(discarded.letter());
    line.put("discardedBy", discarded.by());
    line.put("discardedBecause", discarded.because());
    line.put("discardedAt", discarded.at().toString());
    return line;
  }

  /**
   * Tries parked records again with today's codec and code, key by key, each key in order. What goes through changes the view;
   * what fails again stays, with those behind it. Works for some seconds and answers where to go on.
   *
   * @param view the view's name
   */
  @Post("/{view}/redrive")
  @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = RedriveBody.class)))
  @ApiResponse(responseCode = "200", description = "what came of it")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Report redrive(@PathVariable String view, @Body Map<String, Object> body) {
    var order = new RedriveOrder(body);
    var redrive = order.redrive();
    return report(view, redrive, letters(view, order.generation()).redrive(redrive));
  }

  /**
   * Drops parked records that will never go through, keeps them with the reason, and lets those behind them follow: of each
   * key all of the fingerprint, or else the first. Works for some seconds and answers where to go on.
   *
   * @param view the view's name
   */
  @Post("/{view}/discard")
  @RequestBody(required = true, content = @Content(mediaType = "application/json", schema = @Schema(implementation = DiscardBody.class)))
  @ApiResponse(responseCode = "200", description = "what came of it")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  Report discard(@PathVariable String view, @Body Map<String, Object> body) {
    var order = new RedriveOrder(body);
    var redrive = order.discard();
    return report(view, redrive,
        letters(view, order.generation()).discard(redrive, order.by(), order.reason()));
  }

  private static Report report(String view, Redrive redrive, Redriven redriven) {
    if (redriven.queues().isEmpty() && redriven.next().isEmpty() && redrive.after().isEmpty()
        && !redrive.which().equals(Filter.ALL))
      throw none(view, redrive.which());
    return new Report(redriven.queues().stream().map(QueueItem::of).toList(), redriven.next().orElse(null));
  }

  private DeadLetters letters(String view, @Nullable Integer generation) {
    return letters(view, generation == null ? OptionalInt.empty() : OptionalInt.of(generation));
  }

  private DeadLetters letters(String view, OptionalInt generation) {
    var letters = DeadLetters.of(views.named(view).model().projection()).codec(codec).database(database)
        .clock(clock);
    generation.ifPresent(letters::generation);
    return letters.build();
  }

  private static Filter filter(@Nullable String stream, @Nullable String key, @Nullable String fingerprint) {
    return new Filter(Optional.ofNullable(stream), Optional.ofNullable(key),
        Optional.ofNullable(fingerprint));
  }

  private static int limited(int limit, int most) {
    if (limit < 1 || limit > most)
      throw new ProblemException(Problem.Code.BAD_LIMIT, "limit " + limit + " is not within 1 to " + most);
    return limit;
  }

  private static ProblemException none(String view, Filter which) {
    var what = which.key().map(key -> " of the key '" + key + "'").orElse("")
        + which.fingerprint().map(fingerprint -> " with the fingerprint " + fingerprint).orElse("")
        + which.stream().map(stream -> " of the stream " + stream).orElse("");
    return new ProblemException(Problem.Code.UNKNOWN_DEAD_LETTER, view + " has no parked record" + what
        + "; GET /dead-letters/" + view + " tells what it has");
  }
}
