package dev.millrace.streams;

import dev.millrace.schema.Fault;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a record that the app fails on: a dead letter where the event is to blame; where something outside did
 * not answer, or Kafka Streams itself failed, the record is not skipped and the thread fails. Public because Kafka
 * Streams makes it.
 */
public final class UnprocessableRecords implements ProcessingExceptionHandler {
  private @Nullable DeadLetters deadLetters;

  @Override
  public void configure(Map<String, ?> settings) {
    deadLetters = DeadLetters.configured(settings);
  }

  @Override
  public Response handleError(ErrorHandlerContext context, Record<?, ?> record, Exception failure) {
    var letters = deadLetters;
    if (letters == null || Blame.of(failure) != Fault.CALLER)
      return Response.fail();
    return failure instanceof PoisonedEvents poisoned
        ? Response.resume(poisoned.events().stream().map(poison -> letters.letter(poison, context)).toList())
        : Response.resume(List.of(letters.letter(context, failure)));
  }
}
