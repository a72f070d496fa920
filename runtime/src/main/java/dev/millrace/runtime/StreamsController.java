package dev.millrace.runtime;

import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** The streams of the log, and what is in them. */
@Controller("/streams")
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = "streams")
class StreamsController {
  private static final String FROM = "where to begin: start, end, a time such as 2026-11-21T07:00:00Z, or a cursor"
      + " such as 0@41,1@7, the last position read of each partition; partitions that it lacks are read from their"
      + " beginning";

  private final EventLog log;
  private final Tails tails;
  private final SchemaUsage usage;

  StreamsController(EventLog log, Tails tails, SchemaUsage usage) {
    this.log = log;
    this.tails = tails;
    this.usage = usage;
  }

  /**
   * A stream.
   *
   * @param name such as sales.orders
   * @param partitions how many partitions it has
   */
  @Serdeable
  record StreamItem(String name, int partitions) {}

  /** The streams there are, by name. */
  @Get
  @ApiResponse(responseCode = "200", description = "the streams")
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  List<StreamItem> streams() {
    return log.streams().stream().sorted()
        .map(name -> new StreamItem(name.value(), log.partitions(name).size())).toList();
  }

  /**
   * The records of a stream, one JSON object a line: stream, partition, position, key, appendedAt, envelope, schemaId,
   * type and event. A record that cannot be decoded has an error and its payload in base64 in place of the event.
   *
   * @param stream the stream's name
   * @param limit ends the answer after this many records, 1 to 100000; 100 unless said, without end where following
   * @param follow whether to wait for new records at the end; otherwise the answer ends with what was there at its beginning
   */
  @Get(uri = "/{stream}/records", produces = Tails.NDJSON)
  @ApiResponse(responseCode = "200", description = "the records, in order within each partition", content = @Content(mediaType = Tails.NDJSON, schema = @Schema(type = "string")))
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  HttpResponse<Publisher<byte[]>> records(@PathVariable String stream,
      @Parameter(description = FROM) @QueryValue(defaultValue = "start") String from,
      @Nullable @QueryValue Integer limit,
      @Schema(type = "boolean") @QueryValue(defaultValue = "false") String follow) {
    return HttpResponse.<Publisher<byte[]>>ok(tails.open(name(stream), from, limit, follows(follow)))
        .contentType(Tails.NDJSON);
  }

  /**
   * Which schemas the records that a stream keeps were written under: reads them all, says how many it has counted about
   * once a second, and ends with a line for each version of each type that it met: schemaId, subject, version, records,
   * oldest and newest. A version with no records can be retired.
   *
   * @param stream the stream's name
   */
  @Get(uri = "/{stream}/schemas", produces = Tails.NDJSON)
  @ApiResponse(responseCode = "200", description = "lines with counted while it reads, then one for each version", content = @Content(mediaType = Tails.NDJSON, schema = @Schema(type = "string")))
  @ApiResponse(responseCode = "4XX", description = Problem.DESCRIPTION, content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
  HttpResponse<Publisher<byte[]>> schemas(@PathVariable String stream) {
    return HttpResponse.<Publisher<byte[]>>ok(usage.open(name(stream))).contentType(Tails.NDJSON);
  }

  private static boolean follows(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
        throw new ProblemException(Problem.Code.BAD_REQUEST,
            "follow '" + text + "' is neither true nor false");
    };
  }

  private static StreamName name(String text) {
    try {
      return StreamName.of(text);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.Code.UNKNOWN_STREAM, String.valueOf(e.getMessage()));
    }
  }
}
