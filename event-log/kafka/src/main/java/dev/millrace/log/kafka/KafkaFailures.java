package dev.millrace.log.kafka;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What the log throws where Kafka's clients throw theirs. */
record KafkaFailures(KafkaLogConfig config) {
  /**
   * @param doing what was tried, naming stream and key or partition, such as {@code creating the stream sales.orders}
   */
  LogException of(String doing, Throwable thrown) {
    var cause = rootOf(thrown);
    var code = codeOf(cause);
    return new LogException(code, messageOf(code, doing, cause), cause);
  }

  private String messageOf(Code code, String doing, Throwable cause) {
    var where = "Kafka at " + config.bootstrapServers();
    return switch (code) {
      case UNREACHABLE ->
        where + " did not answer while " + doing + ", in " + config.requestTimeout().toSeconds()
            + " s of tries for a question and " + config.deliveryTimeout().toSeconds() + " s for an append ("
            + reasonOf(cause) + "). Is it running, and is this its address? It may be tried again.";
      case UNKNOWN_STREAM -> where + " has no such stream: " + doing + ". Create it first.";
      case TOO_LARGE -> where + " takes no record of this size: " + doing + " (" + reasonOf(cause)
          + "). Publish less in one event, or raise max.message.bytes of the stream and max.request.size here.";
      case REFUSED ->
        where + " refused " + doing + " (" + reasonOf(cause) + "). Check the rights and the settings.";
      case FENCED -> "another writer of this name has taken over, so this one stopped: " + doing;
      case MALFORMED, INVALID_TOKEN, EXPIRED, INTERNAL ->
        "defect or unforeseen answer of " + where + " while " + doing + " ("
            + reasonOf(cause) + ")";
    };
  }

  private static Code codeOf(Throwable cause) {
    return switch (cause) {
      case ProducerFencedException _,InvalidProducerEpochException _ -> Code.FENCED;
      case RecordTooLargeException _,RecordBatchTooLargeException _ -> Code.TOO_LARGE;
      case UnknownTopicOrPartitionException _,UnknownTopicIdException _ -> Code.UNKNOWN_STREAM;
      case TimeoutException _,DisconnectException _,InterruptException _,InterruptedException _ ->
        Code.UNREACHABLE;
      // Authentication, unsupported versions and wrong names are all invalid configurations to Kafka.
      case AuthorizationException _,InvalidConfigurationException _,PolicyViolationException _ ->
        Code.REFUSED;
      case ConfigException e when String.valueOf(e.getMessage()).contains("bootstrap") -> Code.UNREACHABLE;
      case ConfigException _ -> Code.REFUSED;
      case RetriableException _ -> Code.UNREACHABLE;
      case ApiException e when e.getClass().getSimpleName().startsWith("Invalid") -> Code.REFUSED;
      default -> Code.INTERNAL;
    };
  }

  /** Futures and the producer wrap what happened; a bare KafkaException with a cause is such a wrapper. */
  private static Throwable rootOf(Throwable thrown) {
    var cause = thrown;
    while (cause.getCause() != null
        && (cause instanceof ExecutionException || cause instanceof CompletionException
            || cause.getClass() == KafkaException.class)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String reasonOf(Throwable cause) {
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
