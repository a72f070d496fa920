package dev.millrace.schema;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the codec takes a record apart and puts it together, without reflection. Written by the generator, one for every
 * Avro record.
 *
 * @param type the Java record
 * @param fields the names of the Avro fields, in the order of the newest schema and of the record's components
 * @param get reads the component at an index
 * @param make builds the record from its components in that order; throws {@link NullPointerException} with the
 *     component's name where one that must be there is null
 * @param records the shapes of the records that fields of this one hold, by the full names of their schemas; suppliers,
 *     as a record may hold itself
 * @param enums the constants of the enums that fields of this one hold, in the order of the newest schema, by the full
 *     names of their schemas
 * @param telling whether every accessor calls {@link #used}; where not, all fields are taken to be used
 */
public record Shape<R>(Class<R> type, List<String> fields, Getter<R> get,
    Function<@Nullable Object[], R> make,
    Map<String, Supplier<Shape<?>>> records, Map<String, List<? extends Enum<?>>> enums, boolean telling) {

  /** Reads one component of a record. */
  @FunctionalInterface
  public interface Getter<R> {
    @Nullable
    Object get(R record, int index);
  }

  public Shape {
    fields = List.copyOf(fields);
    records = Map.copyOf(records);
    enums = Map.copyOf(enums);
    if (new HashSet<>(fields).size() != fields.size()) {
      throw new IllegalArgumentException(type.getName() + " names a field twice: " + fields);
    }
  }

  /** The shape of a record whose accessors do not tell what is used, as one written by hand. */
  public Shape(Class<R> type, List<String> fields, Getter<R> get, Function<@Nullable Object[], R> make,
      Map<String, Supplier<Shape<?>>> records, Map<String, List<? extends Enum<?>>> enums) {
    this(type, fields, get, make, records, enums, false);
  }

  /** Says that the handler of an event uses this component: accessors do, and what the codec does for itself does not. */
  public void used(int index) {
    FieldUse.used(this, index);
  }

  /** The shape of a record that holds no other records and no enums. */
  public static <R> Shape<R> of(Class<R> type, List<String> fields, Getter<R> get,
      Function<@Nullable Object[], R> make) {
    return new Shape<>(type, fields, get, make, Map.of(), Map.of());
  }
}
