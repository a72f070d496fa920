package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  private static final Map<String, String> GOOD = Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "a:1, [::1]:2",
      "MILLRACE_REGISTRY_URL", "http://r:8081", "MILLRACE_POSTGRES_URL", "jdbc:postgresql://p/db",
      "MILLRACE_POSTGRES_USER", "me");

  private static Map<String, String> good(Map<String, String> more) {
    var environment = new HashMap<>(GOOD);
    environment.putAll(more);
    return environment;
  }

  @Test
  void listens_on_this_machine_alone_unless_told_otherwise() {
    var settings = Settings.fromEnvironment(GOOD);

    assertThat(settings.httpHost()).isEqualTo("127.0.0.1");
    assertThat(settings.httpPort()).isEqualTo(8080);
    assertThat(settings.log()).isEqualTo(new LogSettings.Kafka("a:1,[::1]:2"));
  }

  @Test
  void takes_kinesis_with_one_setting_and_asks_for_no_broker_then() {
    var environment = good(Map.of("MILLRACE_LOG", "kinesis", "MILLRACE_KINESIS_REGION", "eu-west-1",
        "MILLRACE_KINESIS_AGGREGATION", "true"));
    environment.remove("MILLRACE_KAFKA_BOOTSTRAP_SERVERS");

    assertThat(Settings.fromEnvironment(environment).log())
        .isEqualTo(new LogSettings.Kinesis(Optional.empty(), Optional.of("eu-west-1"), "", true, false));
  }

  @Test
  void tells_what_is_wrong_with_a_log() {
    var kinesis = catchThrowableOfType(StartException.class,
        () -> Settings.fromEnvironment(good(Map.of("MILLRACE_LOG",
            "kinesis", "MILLRACE_KINESIS_ENDPOINT", "here", "MILLRACE_KINESIS_FAN_OUT", "maybe"))));
    var other = catchThrowableOfType(StartException.class,
        () -> Settings.fromEnvironment(good(Map.of("MILLRACE_LOG", "pulsar"))));

    assertThat(kinesis.faults()).hasSize(2)
        .anySatisfy(fault -> assertThat(fault).contains("'here'", "http://"))
        .anySatisfy(fault -> assertThat(fault).contains("millrace.kinesis.fan-out", "'maybe'"));
    assertThat(other.faults()).singleElement().asString().contains("'pulsar'", "kafka or kinesis");
  }

  @Test
  void takes_how_fresh_views_are_to_be_for_all_and_for_some() {
    var some = Settings.fromEnvironment(good(Map.of("MILLRACE_VIEWS_FRESHNESS_SLO", "5s, a=500ms,b=2m",
        "MILLRACE_VIEWS_FRESHNESS_SLO_IN_READINESS", "true"))).freshness();
    var wrong = catchThrowableOfType(StartException.class, () -> Settings
        .fromEnvironment(good(Map.of("MILLRACE_VIEWS_FRESHNESS_SLO", "5s,6s,a=1s,a=2s,b=soon,0s,"))));

    assertThat(some.of("a")).contains(Duration.ofMillis(500));
    assertThat(some.of("b")).contains(Duration.ofMinutes(2));
    assertThat(some.of("other")).contains(Duration.ofSeconds(5));
    assertThat(some.inReadiness()).isTrue();
    assertThat(Settings.fromEnvironment(GOOD).freshness()).isEqualTo(FreshnessSlo.NONE);
    assertThat(wrong.faults()).hasSize(5).allSatisfy(fault -> assertThat(fault).contains("such as 5s"))
        .anySatisfy(fault -> assertThat(fault).contains("'b=soon'"));
  }

  @Test
  void tells_all_that_is_missing_at_once_with_values_that_would_be_right() {
    var refused = catchThrowableOfType(StartException.class, () -> Settings.fromEnvironment(Map.of()));

    assertThat(refused.code()).isEqualTo(StartException.Code.CONFIGURATION);
    assertThat(refused.faults()).hasSize(4)
        .anySatisfy(fault -> assertThat(fault).contains("millrace.kafka.bootstrap-servers",
            "MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"))
        .anySatisfy(fault -> assertThat(fault).contains("MILLRACE_REGISTRY_URL", "http://"))
        .anySatisfy(fault -> assertThat(fault).contains("MILLRACE_POSTGRES_URL", "jdbc:postgresql://"))
        .anySatisfy(fault -> assertThat(fault).contains("MILLRACE_POSTGRES_USER"));
  }

  @Test
  void tells_all_that_is_wrong_at_once() {
    var refused = catchThrowableOfType(StartException.class, () -> Settings.fromEnvironment(Map.of(
        "MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "kafka", "MILLRACE_REGISTRY_URL", "ftp://x",
        "MILLRACE_POSTGRES_URL",
        "postgres://x", "MILLRACE_POSTGRES_USER", "me", "MILLRACE_HTTP_PORT", "99999",
        "MILLRACE_POSTGRES_CONNECTIONS", "many", "MILLRACE_POSTGRES_PASSWORD_FILE", "/nowhere/at/all")));

    assertThat(refused.faults()).hasSize(6)
        .anySatisfy(fault -> assertThat(fault).contains("'kafka'", "host:port"))
        .anySatisfy(fault -> assertThat(fault).contains("'99999'", "0 to 65535"))
        .anySatisfy(fault -> assertThat(fault).contains("/nowhere/at/all"));
  }

  @Test
  void reads_the_password_from_a_file_and_never_shows_it(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("password"), "secret\n");

    var settings = Settings.fromEnvironment(good(Map.of("MILLRACE_POSTGRES_PASSWORD_FILE", file.toString())));

    assertThat(settings.postgresPassword()).isEqualTo("secret");
    assertThat(settings.toString()).doesNotContain("secret");
  }

  @Test
  void holds_settings_from_code_to_the_same_rules() {
    assertThatThrownBy(() -> Settings.builder().kafka("nonsense").build()).hasMessageContaining("host:port")
        .hasMessageContaining("millrace.postgres.url");
  }
}
