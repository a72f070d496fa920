package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.dev.DevException.Code;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a refused start must look like: one line with a stable code. */
final class Refusals {
  private Refusals() {}

  static void assertRefused(Code code, ThrowingCallable start, String... words) {
    assertThatThrownBy(start)
        .isInstanceOfSatisfying(DevException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageNotContaining("\n").message().contains(words);
  }
}
