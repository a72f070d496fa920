package dev.millrace.schema;

import java.util.IdentityHashMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Makes the steps that pass over a value, checking it no further than is needed to find its end. */
final class SkipPlan {
  private final IdentityHashMap<Schema, RecordSkip> records = new IdentityHashMap<>();

  private SkipPlan() {}

  static Read of(Schema schema) {
    return new SkipPlan().plan(schema);
  }

  private Read plan(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> _ -> null;
      case BOOLEAN -> in -> skip(in, 1);
      case INT, LONG, ENUM -> in -> in.readLong();
      case FLOAT -> in -> skip(in, 4);
      case DOUBLE -> in -> skip(in, 8);
      case STRING, BYTES -> in -> skip(in, in.readLength());
      case FIXED -> {
        int size = schema.getFixedSize();
        yield in -> skip(in, size);
      }
      case ARRAY -> items(plan(schema.getElementType()), MinimumSize.of(schema.getElementType()));
      case MAP -> {
        var value = plan(schema.getValueType());
        yield items(in -> {
          skip(in, in.readLength());
          return value.read(in);
        }, 1 + MinimumSize.of(schema.getValueType()));
      }
      case UNION -> union(schema);
      case RECORD -> {
        var known = records.get(schema);
        yield known != null ? known : record(schema);
      }
    };
  }

  private static @Nullable Object skip(AvroInput in, int length) {
    in.skip(length);
    return null;
  }

  private static Read items(Read item, int minimum) {
    return in -> {
      for (int count = in.readBlock(minimum); count > 0; count = in.readBlock(minimum)) {
        for (int i = 0; i < count; i++) {
          item.read(in);
        }
      }
      return null;
    };
  }

  private Read union(Schema schema) {
    var branches = schema.getTypes().stream().map(this::plan).toArray(Read[]::new);
    return in -> {
      int index = in.readInt();
      if (index < 0 || index >= branches.length) {
        throw PathException.malformed(index + " is no branch's index; there are " + branches.length);
      }
      return branches[index].read(in);
    };
  }

  private Read record(Schema schema) {
    var skip = new RecordSkip(new Read[schema.getFields().size()]);
    records.put(schema, skip); // before its fields are planned: they may hold it
    for (var field : schema.getFields()) {
      skip.steps[field.pos()] = plan(field.schema());
    }
    return skip;
  }

  private static final class RecordSkip implements Read {
    private final Read[] steps;

    RecordSkip(Read[] steps) {
      this.steps = steps;
    }

    @Override
    public @Nullable Object read(AvroInput in) {
      in.enter();
      for (var step : steps) {
        step.read(in);
      }
      in.leave();
      return null;
    }
  }
}
