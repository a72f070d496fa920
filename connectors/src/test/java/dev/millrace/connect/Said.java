package dev.millrace.connect;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Shape;

/** An event for tests. */
record Said(String who, long number) implements Event {
  static final String STREAM = "test.said";
  static final EventType<Said> TYPE = EventType.of(
      Shape.of(Said.class, List.of("who", "number"), Said::get, Said::make), List
          .of("""
              {"type": "record", "name": "Said", "namespace": "test", "stream": "test.said", "key": "who", "owner": "test",
               "fields": [{"name": "who", "type": "string"}, {"name": "number", "type": "long"}]}"""));

  @Override
  public EventType<Said> eventType() {
    return TYPE;
  }

  private static Object get(Said said, int index) {
    return index == 0 ? said.who : said.number;
  }

  @SuppressWarnings("NullAway") // the codec gives every component that its schema has
  private static Said make(@Nullable Object[] values) {
    return new Said((String) values[0], (long) values[1]);
  }
}
