package dev.millrace.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ForkedJvmTest {
  /** Prints its arguments, logs a line, and ends when it is told to fail, or with its standard input. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      for (var argument : arguments)
        System.out.println("argument " + argument);
      LoggerFactory.getLogger(Child.class).warn("something is wrong");
      System.out.println("property " + System.getProperty("test.property"));
      if (arguments[0].equals("fail"))
        throw new IllegalStateException("told to fail");
      System.in.transferTo(System.out);
    }
  }

  @Test
  void lines_are_returned_in_order_and_the_process_can_be_killed() {
    try (var child = ForkedJvm.of(Child.class).property("test.property", "set").start("one", "two")) {
      assertThat(child.awaitLine("argument")).isEqualTo("one");
      assertThat(child.awaitLine("argument")).isEqualTo("two");
      assertThat(child.awaitLine("property")).isEqualTo("set");
      assertThat(child.output()).contains("something is wrong");
      child.kill();
      assertThat(child.isAlive()).isFalse();
    }
  }

  @Test
  void a_test_that_waits_for_a_process_fails_when_it_ends_and_quotes_its_log() {
    try (var child = ForkedJvm.start(Child.class, "fail")) {
      assertThatThrownBy(() -> child.await("progress", () -> false)).isInstanceOf(AssertionError.class)
          .hasMessageContaining("while waiting for progress").hasMessageContaining("ended with exit code 1")
          .hasMessageContaining("something is wrong").hasMessageContaining("told to fail")
          .hasMessageContaining("forked-jvms");
    }
  }
}
