package dev.millrace.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Makes the steps that write a record under one version of its schema. The record follows the newest; a field is found by
 * its name, or by the name it had before.
 */
final class WritePlan {
  private final Shapes shapes;
  private final Map<String, RecordWrite> records = new HashMap<>();

  private WritePlan(Shapes shapes) {
    this.shapes = shapes;
  }

  static Write of(EventType<?> type) {
    return new WritePlan(Shapes.of(type)).plan(type.writerSchema());
  }

  private Write plan(Schema schema) {
    return switch (schema.getType()) {
      case RECORD -> {
        var known = records.get(schema.getFullName());
        yield known != null ? known : record(schema);
      }
      case ARRAY -> array(plan(schema.getElementType()));
      case MAP -> map(plan(schema.getValueType()));
      case UNION -> union(schema);
      case ENUM -> enumeration(schema);
      default -> ScalarWrites.of(schema);
    };
  }

  private Write record(Schema schema) {
    var shape = shapes.record(schema);
    var write = new RecordWrite(shape, schema.getFields().stream().map(Schema.Field::name).toList());
    records.put(schema.getFullName(), write); // before its fields are planned: they may hold it
    for (var field : schema.getFields()) {
      int index = indexOf(shape, schema, field);
      if (index >= 0) {
        write.step(field.pos(), plan(field.schema()), index);
      } else {
        write.step(field.pos(), absent(schema, field), -1);
      }
    }
    return write;
  }

  private int indexOf(Shape<?> shape, Schema schema, Schema.Field field) {
    int index = shape.fields().indexOf(field.name());
    if (index >= 0)
      return index;
    return shapes.newest(schema).getFields().stream().filter(newer -> newer.aliases().contains(field.name()))
        .mapToInt(newer -> shape.fields().indexOf(newer.name())).findFirst().orElse(-1);
  }

  /** A field that the newest version has no longer: its default stands for it. */
  private static Write absent(Schema schema, Schema.Field field) {
    if (field.hasDefaultValue()) {
      byte[] value = Defaults.encoded(field);
      return (out, _) -> out.writeFixed(value);
    }
    return (_, _) -> {
      throw PathException.misfit("the record has no such field any more, and " + schema.getFullName()
          + " as it is written gives it no default: write a newer version");
    };
  }

  private static Write array(Write item) {
    return (out, value) -> {
      if (!(value instanceof List<?> items))
        throw ScalarWrites.not("a list", value);
      int size = items.size();
      if (size > 0) {
        out.writeLong(size);
        int i = 0;
        try {
          for (; i < size; i++) {
            item.write(out, items.get(i));
          }
        } catch (PathException e) {
          throw e.inItem(i);
        }
      }
      out.writeLong(0);
    };
  }

  private static Write map(Write item) {
    return (out, value) -> {
      if (!(value instanceof Map<?, ?> entries))
        throw ScalarWrites.not("a map", value);
      if (!entries.isEmpty()) {
        out.writeLong(entries.size());
        entries.forEach((key, entry) -> writeEntry(out, item, key, entry));
      }
      out.writeLong(0);
    };
  }

  private static void writeEntry(AvroOutput out, Write item, Object key, @Nullable Object value) {
    if (!(key instanceof String name))
      throw ScalarWrites.not("a string, as the key of a map is,", key);
    try {
      out.writeString(name);
      item.write(out, value);
    } catch (PathException e) {
      throw e.inEntry(name);
    }
  }

  private Write enumeration(Schema schema) {
    var constants = shapes.constants(schema);
    var symbols = shapes.newest(schema).getEnumSymbols();
    var indexes = new HashMap<Object, Integer>();
    IntStream.range(0, constants.size())
        .forEach(i -> indexes.put(constants.get(i), schema.getEnumSymbols().indexOf(symbols.get(i))));
    return (out, value) -> {
      var index = value == null ? null : indexes.get(value);
      if (index == null)
        throw ScalarWrites.not("a constant of " + schema.getFullName(), value);
      if (index < 0) {
        throw PathException
            .misfit(value + " is no symbol of " + schema.getFullName() + " as it is written, which has "
                + schema.getEnumSymbols());
      }
      out.writeInt(index);
    };
  }

  private Write union(Schema schema) {
    var branches = schema.getTypes();
    if (branches.size() == 2 && schema.isNullable()) {
      int nullIndex = branches.getFirst().getType() == Schema.Type.NULL ? 0 : 1;
      var write = plan(branches.get(1 - nullIndex));
      return (out, value) -> {
        out.writeInt(value == null ? nullIndex : 1 - nullIndex);
        if (value != null) {
          write.write(out, value);
        }
      };
    }
    var writes = new ArrayList<Write>();
    branches.forEach(branch -> writes.add(plan(branch)));
    var accepts = branches.stream().map(branch -> UnionBranch.accepting(branch, shapes)).toList();
    return (out, value) -> {
      for (int i = 0; i < accepts.size(); i++) {
        if (accepts.get(i).test(value)) {
          out.writeInt(i);
          writes.get(i).write(out, value);
          return;
        }
      }
      throw ScalarWrites.not("a value of one of " + branches.stream().map(Schema::getFullName).toList(),
          value);
    };
  }
}
