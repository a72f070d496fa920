package dev.millrace.log.kinesis;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.schema.Fault;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.ExpiredNextTokenException;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KmsThrottlingException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/** What the log throws where the SDK, or the database of leases and marks, throws theirs. */
record KinesisFailures(KinesisLogConfig config) {
  private static final Set<String> ABOUT_RECORDS = Set.of("InvalidArgumentException", "ValidationException",
      "SerializationException");
  /** The status of HTTP for a request that is more than the service, or one on the way there, takes. */
  private static final int TOO_LARGE = 413;

  /**
   * @param doing what was tried, naming stream and key or shard, such as {@code creating the stream sales.orders}
   */
  LogException of(String doing, Throwable thrown) {
    var cause = rootOf(thrown);
    if (cause instanceof LogException already)
      return already;
    var code = codeOf(cause);
    return new LogException(code, messageOf(code, doing, cause), cause);
  }

  /** Whether the same may be tried again with hope: the service, the way there or the database was not able to for now. */
  static boolean isPassing(Throwable thrown) {
    return codeOf(rootOf(thrown)).fault() == Fault.EXTERNAL;
  }

  /** Whether a call was refused for what it brings: as a whole, though it may be for one record of it. */
  static boolean isAboutRecords(Throwable thrown) {
    return rootOf(thrown) instanceof AwsServiceException e
        && (e instanceof InvalidArgumentException || e.statusCode() == TOO_LARGE
            || (e.awsErrorDetails() != null
                && ABOUT_RECORDS.contains(String.valueOf(e.awsErrorDetails().errorCode()))));
  }

  /** What happened, without the wrappers that futures put around it. */
  static Throwable rootOf(Throwable thrown) {
    var cause = thrown;
    while (cause.getCause() != null
        && (cause instanceof ExecutionException || cause instanceof CompletionException)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private String messageOf(Code code, String doing, Throwable cause) {
    var where = cause instanceof SQLException ? "the database of leases and marks" : config.toString();
    return switch (code) {
      case UNREACHABLE ->
        where + " did not do it for now: " + doing + " (" + reasonOf(cause)
            + "). Is it running, is this its address, and is the stream large enough? It may be tried again.";
      case UNKNOWN_STREAM -> where + " has no such stream: " + doing + ". Create it first.";
      case TOO_LARGE -> where + " takes no record of this size: " + doing + " (" + reasonOf(cause)
          + "). Publish less in one event, or raise maxRecordBytes where the stream allows more.";
      case REFUSED ->
        where + " refused " + doing + " (" + reasonOf(cause)
            + "). Check the rights, the credentials, the region and the settings.";
      case FENCED -> "another writer of this name has taken over, so this one stopped: " + doing;
      case MALFORMED, INVALID_TOKEN, EXPIRED, INTERNAL ->
        "defect or unforeseen answer of " + where + " while " + doing + " (" + reasonOf(cause) + ")";
    };
  }

  private static Code codeOf(Throwable cause) {
    return switch (cause) {
      case LogException e -> e.code();
      case ResourceNotFoundException _ -> Code.UNKNOWN_STREAM;
      case ProvisionedThroughputExceededException _,LimitExceededException _,KmsThrottlingException _,ResourceInUseException _ ->
        Code.UNREACHABLE;
      // Readers answer both by asking for new ones.
      case ExpiredIteratorException _,ExpiredNextTokenException _ -> Code.INTERNAL;
      case AwsServiceException e when e.isThrottlingException() || e.statusCode() >= 500 -> Code.UNREACHABLE;
      case AwsServiceException _ -> Code.REFUSED;
      case SdkClientException e when isOurSetup(e) -> Code.REFUSED;
      case SdkClientException _,TimeoutException _,InterruptedException _,java.io.IOException _ ->
        Code.UNREACHABLE;
      case SQLException e -> codeOf(e);
      default -> Code.INTERNAL;
    };
  }

  /** The SDK has no type for what it does not find on this side. */
  private static boolean isOurSetup(SdkClientException e) {
    var message = String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT);
    return message.contains("unable to load credentials") || message.contains("unable to load region")
        || message.contains("profile file");
  }

  /** By the classes of SQLSTATE: connection, resources, operator, lost serialization; then privileges. */
  private static Code codeOf(SQLException e) {
    if (e instanceof SQLTransientException || e instanceof SQLNonTransientConnectionException)
      return Code.UNREACHABLE;
    var state = String.valueOf(e.getSQLState());
    if (state.startsWith("08") || state.startsWith("53") || state.startsWith("57P") || state.startsWith("40")
        || state.startsWith("55P03"))
      return Code.UNREACHABLE;
    return state.startsWith("28") || state.startsWith("42501") ? Code.REFUSED : Code.INTERNAL;
  }

  private static String reasonOf(Throwable cause) {
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
