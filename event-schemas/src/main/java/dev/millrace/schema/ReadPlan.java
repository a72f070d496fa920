package dev.millrace.schema;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes the steps that read what one schema wrote as another has it. Avro resolves the two; where it finds that a part
 * cannot be read, the step for that part fails when it is reached, and not before.
 */
final class ReadPlan {
  private final Shapes shapes;
  private final IdentityHashMap<Resolver.Action, Read> records = new IdentityHashMap<>();

  private ReadPlan(Shapes shapes) {
    this.shapes = shapes;
  }

  static Read of(Schema writer, Schema reader, Shapes shapes) {
    try {
      return new ReadPlan(shapes).plan(Resolver.resolve(writer, reader));
    } catch (AvroRuntimeException e) { // aliases that make one field of two
      return failing(String.valueOf(e.getMessage()));
    }
  }

  private Read plan(Resolver.Action action) {
    return switch (action.type) {
      case DO_NOTHING, PROMOTE -> ScalarReads.of(action.writer, action.reader);
      case CONTAINER -> container((Resolver.Container) action);
      case ENUM -> enumeration((Resolver.EnumAdjust) action);
      case RECORD -> {
        var known = records.get(action);
        yield known != null ? known : record((Resolver.RecordAdjust) action);
      }
      case WRITER_UNION -> union((Resolver.WriterUnion) action);
      case READER_UNION -> plan(((Resolver.ReaderUnion) action).actualAction);
      case SKIP -> SkipPlan.of(action.writer);
      case ERROR -> failing(action.toString());
    };
  }

  /**
   * Whether a record is the one that is asked for; Avro's resolution does not ask. By the specification the namespaces may
   * differ.
   */
  static boolean sameName(Schema writer, Schema reader) {
    return writer.getName().equals(reader.getName());
  }

  private static Read failing(String reason) {
    return _ -> {
      throw PathException.unreadable(reason);
    };
  }

  private Read container(Resolver.Container action) {
    var items = plan(action.elementAction);
    if (action.reader.getType() == Schema.Type.MAP) {
      return new MapRead(items, 1 + MinimumSize.of(action.writer.getValueType()));
    }
    return new ArrayRead(items, MinimumSize.of(action.writer.getElementType()),
        action.reader.getElementType().isNullable());
  }

  private Read enumeration(Resolver.EnumAdjust action) {
    List<?> constants = shapes.isEmpty() ? action.reader.getEnumSymbols() : shapes.constants(action.reader);
    var symbols = action.writer.getEnumSymbols();
    var values = new @Nullable Object[symbols.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = action.adjustments[i] < 0 ? null : constants.get(action.adjustments[i]);
    }
    return in -> {
      int index = in.readInt();
      if (index < 0 || index >= values.length) {
        throw PathException.malformed(index + " is no symbol's index; there are " + values.length);
      }
      var value = values[index];
      if (value == null) {
        throw PathException.unreadable("the reader's enum " + action.reader.getFullName() + " has no symbol "
            + symbols.get(index) + " and no default");
      }
      return value;
    };
  }

  private Read union(Resolver.WriterUnion action) {
    var branches = Arrays.stream(action.actions).map(this::plan).toArray(Read[]::new);
    return in -> {
      int index = in.readInt();
      if (index < 0 || index >= branches.length) {
        throw PathException.malformed(index + " is no branch's index; there are " + branches.length);
      }
      return branches[index].read(in);
    };
  }

  private Read record(Resolver.RecordAdjust action) {
    if (!sameName(action.writer, action.reader))
      return failing("Found " + action.writer.getFullName() + ", expecting " + action.reader.getFullName());
    var shape = shapes.isEmpty() ? null : shapes.record(action.reader);
    var fields = shape == null
        ? action.reader.getFields().stream().map(Schema.Field::name).toList()
        : shape.fields();
    var read = new RecordRead(shape, fields,
        action.writer.getFields().stream().map(Schema.Field::name).toList());
    records.put(action, read); // before its fields are planned: they may hold it
    int next = 0;
    for (int i = 0; i < action.fieldActions.length; i++) {
      var field = action.fieldActions[i];
      boolean skipped = field.type == Resolver.Action.Type.SKIP;
      read.step(i, plan(field), skipped ? -1 : fields.indexOf(action.readerOrder[next++].name()));
    }
    for (; next < action.readerOrder.length; next++) {
      var field = action.readerOrder[next];
      try {
        read.preset(fields.indexOf(field.name()), defaultOf(field));
      } catch (PathException | AvroRuntimeException e) { // as of a uuid whose default is no UUID
        records.remove(action);
        return failing("the default of " + field.name() + " is no value of its type: " + e.getMessage());
      }
    }
    return read;
  }

  /** The default goes through a plan of its own, so that it has the Java type that a value that was read has. */
  private @Nullable Object defaultOf(Schema.Field field) {
    return of(field.schema(), field.schema(), shapes).read(new AvroInput(Defaults.encoded(field), 0));
  }
}
