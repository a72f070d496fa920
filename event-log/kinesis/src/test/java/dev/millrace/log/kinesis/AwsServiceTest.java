package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;

class AwsServiceTest {
  @Test
  void without_credentials_and_region_nothing_starts_and_both_are_named() {
    assertThatThrownBy(() -> AwsService.requireAccess(() -> {
      throw SdkClientException.create("no credentials");
    }, () -> {
      throw SdkClientException.create("no region");
    })).isInstanceOf(IllegalStateException.class).hasMessageContaining("no credentials (set AWS_PROFILE")
        .hasMessageContaining("no region (set AWS_REGION").hasMessageContaining("Nothing was created");
  }

  @Test
  void with_both_it_starts() {
    assertThatCode(
        () -> AwsService.requireAccess(AnonymousCredentialsProvider.create(), () -> Region.EU_WEST_1))
        .doesNotThrowAnyException();
  }
}
