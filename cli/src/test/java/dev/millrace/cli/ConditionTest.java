package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
  @ParameterizedTest
  @CsvSource({"country=France,country:eq:France", "orders<10,orders:lt:10", "orders<=10,orders:le:10",
      "orders>10,orders:gt:10", "orders>=10,orders:ge:10", "country^=Uni,country:prefix:Uni",
      "orders >= 10,orders:ge:10"})
  void a_condition_becomes_a_filter_of_the_api(String condition, String filter) {
    assertThat(Condition.parse(condition).toFilter()).isEqualTo(filter);
  }

  @Test
  void the_value_may_have_the_signs_of_operators_and_colons() {
    assertThat(Condition.parse("note=a>=b:c").toFilter()).isEqualTo("note:eq:a>=b:c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"country", "=France", "co untry=France", ""})
  void what_is_no_condition_is_refused(String text) {
    assertThatThrownBy(() -> Condition.parse(text)).hasMessageContaining("is not COLUMN=VALUE");
  }

  @Test
  void a_minus_sorts_the_greatest_first() {
    assertThat(Condition.toOrder("-net,country")).isEqualTo("net:desc,country");
  }
}
