package dev.millrace.schema;

import java.util.List;
import java.util.function.Function;

/**
 * How the codec takes a record apart and puts it together, without reflection. Written by the generator, one for
 * every Avro record.
 *
 * @param type the Java record
 * @param fields the names of the Avro fields, in the order of the newest schema and of the record's components
 * @param get reads the component at an index
 * @param make builds the record from its components in that order; throws {@link NullPointerException} with the
 *     component's name where one that must be there is null
 * @param nested the shapes of the records that occur inside this one, itself not included
 */
public record Shape<R>(Class<R> type, List<String> fields, Getter<R> get,
    Function<@org.jspecify.annotations.Nullable Object[], R> make,
    List<Shape<?>> nested) {

  /** Reads one component of a record. */
  @FunctionalInterface
  public interface Getter<R> {
    @org.jspecify.annotations.Nullable
    Object get(R record, int index);
  }

  public Shape {
    fields = List.copyOf(fields);
    nested = List.copyOf(nested);
  }
}
