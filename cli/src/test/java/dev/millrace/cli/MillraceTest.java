package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MillraceTest {
  @Test
  void help_names_the_commands_and_the_exit_codes() {
    Run run = Run.of("--help");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("Usage: millrace", "generate-completion", "Exit codes");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void version_names_millrace_and_the_jdk() {
    Run run = Run.of("--version");

    assertThat(run.code()).isZero();
    assertThat(run.out()).startsWith("millrace ").contains("JDK 25");
  }

  @Test
  void an_option_that_does_not_exist_is_a_usage_error_with_a_suggestion() {
    Run run = Run.of("--versoin");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Unknown option: '--versoin'", "--version");
  }

  @Test
  void a_bench_or_a_log_that_does_not_exist_is_a_usage_error_that_names_what_does() {
    assertThat(Run.of("bench", "rebuid")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("there is no bench 'rebuid'", "rebuild");
    });
    assertThat(Run.of("bench", "codec", "--log", "kinesis")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("the bench codec has no --log kinesis");
    });
    assertThat(Run.of("bridge", "run", "--from", "pulsar:a", "--to", "kafka:b")).satisfies(run -> {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("'pulsar:a' is not kafka:STREAM, nor kinesis:STREAM")
          .doesNotContain("Exception");
    });
  }
}
