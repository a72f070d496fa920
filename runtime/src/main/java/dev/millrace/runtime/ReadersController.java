package dev.millrace.runtime;

import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventReader;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What this instance reads, for those who are about to change what they publish. */
@Controller("/readers")
@Tag(name = "readers")
class ReadersController {
  private final EventCodec codec;

  ReadersController(EventCodec codec) {
    this.codec = codec;
  }

  /**
   * What a reader reads of one type of event.
   *
   * @param reader a view or a stream app, such as view:country-revenue
   * @param event the event's full name
   * @param schemas every version of its schema that it knows, as Avro's JSON, the first first; it reads events as the last
   * @param events how many events it has decoded since the process began
   * @param since when that was
   * @param fields the fields that its handlers have used since, by the full names of their records
   */
  @Serdeable
  record ReaderItem(String reader, String event, List<String> schemas, long events, String since,
      Map<String, Set<String>> fields) {
    static ReaderItem of(EventReader reader) {
      return new ReaderItem(reader.name(), reader.event(),
          reader.schemas().stream().map(Object::toString).toList(),
          reader.events(), reader.since().toString(), reader.fields());
    }
  }

  /** The readers of this instance, with each type of event that they read. */
  @Get
  @ApiResponse(responseCode = "200", description = "the readers")
  List<ReaderItem> readers() {
    return codec.readers().stream().map(ReaderItem::of).toList();
  }
}
