package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {
  @Test
  void colour_is_allowed_where_nobody_has_asked_for_plain_text() {
    assertThat(Console.allowsColour(Map.of("TERM", "xterm-256color", "NO_COLOR", ""))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "false"})
  void any_value_of_no_color_switches_colour_off(String value) {
    assertThat(Console.allowsColour(Map.of("NO_COLOR", value))).isFalse();
  }

  @Test
  void a_dumb_terminal_gets_no_colour() {
    assertThat(Console.allowsColour(Map.of("TERM", "dumb"))).isFalse();
  }
}
