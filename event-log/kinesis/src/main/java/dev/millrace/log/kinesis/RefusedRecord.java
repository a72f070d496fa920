package dev.millrace.log.kinesis;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/** Why one record of a call that succeeded is not in the log, for now: it may be tried again. */
final class RefusedRecord extends IOException {
  private static final String THROTTLED = "ProvisionedThroughputExceededException";
  private static final long serialVersionUID = 1;

  RefusedRecord(PutRecordsResultEntry answer) {
    this(answer.errorCode() + ": " + answer.errorMessage(), null);
  }

  RefusedRecord(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Whether a record was refused as its shard gets more than it takes. */
  static boolean isThrottling(PutRecordsResultEntry answer) {
    return THROTTLED.equals(answer.errorCode());
  }

  /** Whether a call failed as it brought more than the service takes. */
  static boolean isThrottling(Throwable thrown) {
    return thrown instanceof ProvisionedThroughputExceededException
        || thrown instanceof LimitExceededException
        || (thrown instanceof AwsServiceException e && e.isThrottlingException());
  }
}
