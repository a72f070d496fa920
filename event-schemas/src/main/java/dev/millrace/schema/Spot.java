package dev.millrace.schema;

import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.Schema;

/**
 * A place in an event, on the way from its root.
 *
 * @param path as people read it
 * @param whole the smallest event that holds these bytes there; empty where no finite one does
 * @param branch whether it is a union's branch that the writer chose
 */
record Spot(String path, Function<byte[], Optional<byte[]>> whole, boolean branch) {
  static Spot root(Schema event) {
    return new Spot(event.getFullName(), Optional::of, false);
  }

  Spot field(Schema writer, int index) {
    var before = new ArrayList<Schema>();
    var after = new ArrayList<Schema>();
    for (var field : writer.getFields()) {
      if (field.pos() < index)
        before.add(field.schema());
      if (field.pos() > index)
        after.add(field.schema());
    }
    return within("." + writer.getFields().get(index).name(), false, bytes -> Samples.smallest(before)
        .flatMap(head -> Samples.smallest(after).map(tail -> Samples.joined(head, bytes, tail))));
  }

  Spot item() {
    return within("[]", false, bytes -> Optional.of(
        Samples.joined(Samples.encodedLong(1), bytes, Samples.encodedLong(0))));
  }

  Spot entry() {
    return within("{}", false, bytes -> Optional.of(
        Samples.joined(Samples.encodedLong(1), Samples.encodedLong(0), bytes, Samples.encodedLong(0))));
  }

  /** A branch beside null goes without saying. */
  Spot branch(Schema union, int index) {
    var type = union.getTypes().get(index);
    boolean plain = RecordSource.nonNull(union).equals(type) || type.getType() == Schema.Type.NULL;
    return within(plain ? "" : "(" + type.getFullName() + ")", true,
        bytes -> Optional.of(Samples.joined(Samples.encodedLong(index), bytes)));
  }

  /** The same place, where what stands there is no longer the branch as such. */
  Spot inside() {
    return new Spot(path, whole, false);
  }

  private Spot within(String step, boolean isBranch, Function<byte[], Optional<byte[]>> inner) {
    return new Spot(path + step, bytes -> inner.apply(bytes).flatMap(whole), isBranch);
  }
}
