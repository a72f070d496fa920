package dev.millrace.streams;

import dev.millrace.schema.Fault;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a record that cannot be read: a dead letter where the payload is to blame; where the registry did not
 * answer, or the program is wrong, the record is not skipped and the thread fails. Public because Kafka Streams makes it.
 */
public final class UnreadableRecords implements DeserializationExceptionHandler {
  private @Nullable DeadLetters deadLetters;

  @Override
  public void configure(Map<String, ?> settings) {
    deadLetters = DeadLetters.configured(settings);
  }

  @Override
  public Response handleError(ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record,
      Exception failure) {
    return deadLetters == null || Blame.of(failure) != Fault.CALLER
        ? Response.fail()
        : Response.resume(List.of(deadLetters.letter(context, failure)));
  }
}
