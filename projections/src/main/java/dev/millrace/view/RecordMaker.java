package dev.millrace.view;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes records apart and puts them together, by handles that are looked up once. */
final class RecordMaker<R extends Record> {
  private static final ClassValue<List<MethodHandle>> ACCESSORS = new ClassValue<>() {
    @Override
    protected List<MethodHandle> computeValue(Class<?> type) {
      return Arrays.stream(type.getRecordComponents()).map(RecordMaker::accessor).toList();
    }
  };

  private final Class<R> type;
  private final MethodHandle constructor;

  private RecordMaker(Class<R> type, MethodHandle constructor) {
    this.type = type;
    this.constructor = constructor;
  }

  static <R extends Record> RecordMaker<R> of(Class<R> type) {
    var parameters = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType)
        .toArray(Class<?>[]::new);
    try {
      var constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true); // the record may be private to the class that declares its projection
      var handle = MethodHandles.lookup().unreflectConstructor(constructor);
      var ofArray = handle.asSpreader(Object[].class, parameters.length);
      return new RecordMaker<>(type, ofArray.asType(MethodType.methodType(Object.class, Object[].class)));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("every record has its canonical constructor: " + type, e);
    }
  }

  R make(@Nullable Object[] components) {
    try {
      return type.cast((Object) constructor.invokeExact(components));
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static MethodHandle accessor(RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return MethodHandles.lookup().unreflect(accessor)
          .asType(MethodType.methodType(Object.class, Record.class));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("made accessible above: " + component, e);
    }
  }

  static @Nullable Object get(MethodHandle accessor, Record record) {
    try {
      return (Object) accessor.invokeExact(record);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** The components' values of any record, in their order. */
  static List<@Nullable Object> components(Record record) {
    var values = new ArrayList<@Nullable Object>();
    for (var accessor : ACCESSORS.get(record.getClass()))
      values.add(get(accessor, record));
    return values;
  }

  /** Accessors and constructors of records declare no checked exceptions: what they throw is unchecked. */
  private static RuntimeException rethrown(Throwable thrown) {
    switch (thrown) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a record threw a checked exception", thrown);
    }
  }
}
