package dev.millrace.schema;

import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a record: as its Java record where there is a shape, as a map where there is none. */
final class RecordRead implements Read {
  private final @Nullable Shape<?> shape;
  private final List<String> fields;
  private final List<String> written;
  private final Read[] steps;
  private final int[] targets;
  private final @Nullable Object[] presets;

  /** @param written the writer's fields, in their order */
  RecordRead(@Nullable Shape<?> shape, List<String> fields, List<String> written) {
    this.shape = shape;
    this.fields = fields;
    this.written = written;
    this.steps = new Read[written.size()];
    this.targets = new int[written.size()];
    this.presets = new @Nullable Object[fields.size()];
  }

  /** @param target the index of the field that the value goes to; -1 where it goes nowhere */
  void step(int index, Read step, int target) {
    steps[index] = step;
    targets[index] = target;
  }

  /** Sets the value of a field that the writer does not have. */
  void preset(int target, @Nullable Object value) {
    presets[target] = value;
  }

  @Override
  public Object read(AvroInput in) {
    in.enter();
    var values = presets.clone();
    int i = 0;
    try {
      for (; i < steps.length; i++) {
        var value = steps[i].read(in);
        if (targets[i] >= 0) {
          values[targets[i]] = value;
        }
      }
    } catch (PathException e) {
      throw e.inField(written.get(i));
    }
    in.leave();
    return shape == null ? map(values) : make(shape, values);
  }

  private Object map(@Nullable Object[] values) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < values.length; i++) {
      map.put(fields.get(i), values[i]);
    }
    return map;
  }

  private static Object make(Shape<?> shape, @Nullable Object[] values) {
    try {
      return shape.make().apply(values);
    } catch (NullPointerException | IllegalArgumentException | ClassCastException e) {
      throw PathException
          .unreadable(shape.type().getName() + " does not take what was read: " + e.getMessage());
    }
  }
}
