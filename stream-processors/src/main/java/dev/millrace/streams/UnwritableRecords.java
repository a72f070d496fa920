package dev.millrace.streams;

import dev.millrace.schema.Fault;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a record that cannot be written: a dead letter of the record that caused it where the event does not
 * fit its schema, or is larger than the broker takes; else the thread fails. Public because Kafka Streams makes it.
 */
public final class UnwritableRecords implements ProductionExceptionHandler {
  private @Nullable DeadLetters deadLetters;

  @Override
  public void configure(Map<String, ?> settings) {
    deadLetters = DeadLetters.configured(settings);
  }

  @Override
  public Response handleError(ErrorHandlerContext context, ProducerRecord<byte[], byte[]> record,
      Exception failure) {
    if (failure instanceof RetriableException)
      return Response.retry();
    return failure instanceof RecordTooLargeException ? letter(context, failure) : Response.fail();
  }

  @Override
  @SuppressWarnings("rawtypes") // as the interface has it
  public Response handleSerializationError(ErrorHandlerContext context, ProducerRecord record,
      Exception failure,
      SerializationExceptionOrigin origin) {
    return Blame.of(failure) == Fault.CALLER ? letter(context, failure) : Response.fail();
  }

  private Response letter(ErrorHandlerContext context, Exception failure) {
    return deadLetters == null || context.sourceRawValue() == null
        ? Response.fail()
        : Response.resume(List.of(deadLetters.letter(context, failure)));
  }
}
