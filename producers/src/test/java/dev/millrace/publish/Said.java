package dev.millrace.publish;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Shape;

/** An event for tests. A text of null does not fit its schema. */
record Said(String who, long number, @Nullable String text) implements Event {
  static final String STREAM = "test.said";
  static final EventType<Said> TYPE = EventType.of(
      Shape.of(Said.class, List.of("who", "number", "text"), Said::get, Said::make),
      List.of(
          """
              {"type": "record", "name": "Said", "namespace": "test", "stream": "test.said", "key": "who", "owner": "test",
               "fields": [{"name": "who", "type": "string"}, {"name": "number", "type": "long"}]}""",
          """
              {"type": "record", "name": "Said", "namespace": "test", "stream": "test.said", "key": "who", "owner": "test",
               "fields": [{"name": "who", "type": "string"}, {"name": "number", "type": "long"},
                          {"name": "text", "type": "string", "default": ""}]}"""));

  static Said by(String who, long number) {
    return new Said(who, number, "text " + number);
  }

  static Said misfit(String who) {
    return new Said(who, -1, null);
  }

  @Override
  public EventType<Said> eventType() {
    return TYPE;
  }

  private static @Nullable Object get(Said said, int index) {
    return switch (index) {
      case 0 -> said.who;
      case 1 -> said.number;
      default -> said.text;
    };
  }

  @SuppressWarnings("NullAway") // the codec gives every component that its schema has
  private static Said make(@Nullable Object[] values) {
    return new Said((String) values[0], (long) values[1], (String) values[2]);
  }
}
