package dev.millrace.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a Java record through its shape. */
final class RecordWrite implements Write {
  private final Shape<Object> shape;
  private final List<String> written;
  private final Write[] steps;
  private final int[] sources;

  /** @param written the fields of the schema that is written, in their order */
  @SuppressWarnings("unchecked") // a value is checked against the shape's type before the shape gets it
  RecordWrite(Shape<?> shape, List<String> written) {
    this.shape = (Shape<Object>) shape;
    this.written = written;
    this.steps = new Write[written.size()];
    this.sources = new int[written.size()];
  }

  /** @param source the index of the component that the value comes from; -1 where the step needs none */
  void step(int index, Write step, int source) {
    steps[index] = step;
    sources[index] = source;
  }

  @Override
  public void write(AvroOutput out, @Nullable Object value) {
    if (value == null || !shape.type().isInstance(value))
      throw ScalarWrites.not(shape.type().getName(), value);
    out.enter();
    var get = shape.get();
    int i = 0;
    try {
      for (; i < steps.length; i++) {
        int source = sources[i];
        steps[i].write(out, source < 0 ? null : get.get(value, source));
      }
    } catch (PathException e) {
      throw e.inField(written.get(i));
    }
    out.leave();
  }
}
