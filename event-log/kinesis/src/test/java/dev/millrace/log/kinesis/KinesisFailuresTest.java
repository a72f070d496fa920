package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import java.net.URI;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.InvalidArgumentException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

class KinesisFailuresTest {
  private final KinesisFailures failures = new KinesisFailures(
      KinesisLogConfig.builder().endpoint(URI.create("http://127.0.0.1:4567")).build());

  @Test
  void what_the_service_or_the_way_there_cannot_do_for_now_is_external_and_may_be_tried_again() {
    assertPassing(ProvisionedThroughputExceededException.builder().message("rate").build());
    assertPassing(LimitExceededException.builder().message("five a second").build());
    assertPassing(KinesisException.builder().statusCode(503).message("busy").build());
    assertPassing(ApiCallTimeoutException.create(15_000));
    assertPassing(SdkClientException.create("Unable to execute HTTP request: Connection refused"));
    assertPassing(new SQLException("gone", "08006"));
  }

  @Test
  void what_only_the_caller_can_mend_is_refused() {
    assertCode(InvalidArgumentException.builder().statusCode(400).message("no").build(), Code.REFUSED);
    assertCode(SdkClientException.create("Unable to load credentials from any of the providers"),
        Code.REFUSED);
    assertCode(SdkClientException.create("Unable to load region from any of the providers"), Code.REFUSED);
    assertCode(new SQLException("permission denied", "42501"), Code.REFUSED);
    assertCode(ResourceNotFoundException.builder().message("none").build(), Code.UNKNOWN_STREAM);
    assertCode(new IllegalStateException("?"), Code.INTERNAL);
  }

  @Test
  void what_is_refused_for_its_records_is_told_from_what_is_refused_to_the_caller() {
    assertThat(KinesisFailures.isAboutRecords(
        new CompletionException(InvalidArgumentException.builder().statusCode(400).message("no").build())))
        .isTrue();
    assertThat(KinesisFailures.isAboutRecords(coded("ValidationException"))).isTrue();
    assertThat(KinesisFailures.isAboutRecords(KinesisException.builder().statusCode(413).build())).isTrue();
    assertThat(KinesisFailures.isAboutRecords(coded("AccessDeniedException"))).isFalse();
    assertThat(KinesisFailures.isAboutRecords(coded(null))).isFalse();
    assertThat(KinesisFailures.isAboutRecords(ResourceNotFoundException.builder().message("none").build()))
        .isFalse();
    assertThat(KinesisFailures.isAboutRecords(KinesisException.builder().statusCode(400).build())).isFalse();
  }

  private static Throwable coded(@Nullable String code) {
    return KinesisException.builder().statusCode(400)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build()).build();
  }

  @Test
  void the_message_says_where_what_was_tried_and_why_it_failed() {
    var failure = failures.of("creating the stream sales.orders",
        new CompletionException(SdkClientException.create("Connection refused")));

    assertThat(failure).hasMessageContaining("Kinesis at http://127.0.0.1:4567")
        .hasMessageContaining("creating the stream sales.orders").hasMessageContaining("Connection refused")
        .hasMessageContaining("tried again");
  }

  @Test
  void a_failure_that_is_the_logs_own_stays_what_it_is() {
    var own = new LogException(Code.EXPIRED, "sales.orders/shardId-000000000000: gone");

    assertThat(failures.of("reading", new CompletionException(own))).isSameAs(own);
  }

  private void assertPassing(Throwable thrown) {
    assertCode(thrown, Code.UNREACHABLE);
    assertThat(KinesisFailures.isPassing(new CompletionException(thrown))).isTrue();
  }

  private void assertCode(Throwable thrown, Code code) {
    assertThat(failures.of("trying", thrown).code()).as(thrown.toString()).isEqualTo(code);
  }
}
