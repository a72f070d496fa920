package dev.millrace.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Resolver;
import org.apache.avro.Resolver.Action;
import org.apache.avro.Resolver.ErrorAction;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of events that one schema wrote where another reads them. Goes the way that the codec goes, and at each
 * place has the codec itself read the values at the edges of what can stand there: what it says of a change is what was
 * seen.
 */
final class Reading {
  private final Schema writer;
  private final Schema reader;
  private final Hurt hurt;
  private final List<Finding> findings = new ArrayList<>();
  private final Set<Action> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<String> explained = new HashSet<>();

  private Reading(Schema writer, Schema reader, Hurt hurt) {
    this.writer = writer;
    this.reader = reader;
    this.hurt = hurt;
  }

  /** What cannot be read, or is read as another value; empty where every event is read as it was written. */
  static List<Finding> of(Schema older, Schema newer, Hurt hurt) {
    var reading = hurt == Hurt.NEW_READERS
        ? new Reading(older, newer, hurt)
        : new Reading(newer, older, hurt);
    reading.run();
    return List.copyOf(reading.findings);
  }

  private void run() {
    var root = Spot.root(hurt == Hurt.NEW_READERS ? reader : writer);
    if (!isReadAs(writer, reader)) {
      breaking(Rule.NAME_CHANGED, root, writer, reader,
          "events of this name are another type's to readers that know it as " + reader.getFullName());
      return;
    }
    try {
      walk(Resolver.resolve(writer, reader), root);
    } catch (AvroRuntimeException e) {
      breaking(Rule.ALIAS_CLASH, root, writer, reader, "an alias makes one field of two: " + e.getMessage());
    }
  }

  /** A decoder knows a type by its name and by those it had before. What is no record is no event, and has no name. */
  static boolean isReadAs(Schema writer, Schema reader) {
    if (writer.getType() != Schema.Type.RECORD || reader.getType() != Schema.Type.RECORD)
      return true;
    return reader.getFullName().equals(writer.getFullName())
        || reader.getAliases().contains(writer.getFullName());
  }

  private void walk(Action action, Spot spot) {
    switch (action.type) {
      case DO_NOTHING, PROMOTE -> edges(action.writer, action.reader, spot);
      case CONTAINER -> walk(((Resolver.Container) action).elementAction,
          action.writer.getType() == Schema.Type.ARRAY ? spot.item() : spot.entry());
      case ENUM -> edges(action.writer, action.reader, spot);
      case RECORD -> record((Resolver.RecordAdjust) action, spot);
      case WRITER_UNION -> {
        var branches = ((Resolver.WriterUnion) action).actions;
        for (int i = 0; i < branches.length; i++)
          walk(branches[i], spot.branch(action.writer, i));
      }
      case READER_UNION -> walk(((Resolver.ReaderUnion) action).actualAction, spot);
      case SKIP -> {
      }
      case ERROR -> error((ErrorAction) action, spot);
    }
  }

  private void record(Resolver.RecordAdjust action, Spot spot) {
    if (!ReadPlan.sameName(action.writer, action.reader)) {
      breaking(Rule.NAME_CHANGED, spot, action.writer, action.reader, "a record of another name is not read");
      return;
    }
    if (!seen.add(action))
      return;
    for (int i = 0; i < action.fieldActions.length; i++)
      walk(action.fieldActions[i], spot.field(action.writer, i));
    for (int i = action.firstDefault; i < action.readerOrder.length; i++)
      preset(action.readerOrder[i], action.writer, spot);
  }

  /** Avro takes a default whose logical type has no such value. */
  private void preset(Schema.Field field, Schema written, Spot spot) {
    if (Defaults.isReadable(field))
      return;
    boolean added = hurt == Hurt.NEW_READERS;
    var type = ScalarTypes.words(field.schema());
    findings.add(Finding.of(added ? Rule.FIELD_ADDED : Rule.FIELD_REMOVED, Severity.BREAKING,
        spot.path() + "." + field.name(), added ? "" : type, added ? type : "")
        .with(new Finding.Damage(Optional.of(hurt), hurt + " need its default, which is no value of its type",
            "give it a default that is one", Optional.empty(), witness(Samples.smallest(written), spot))));
  }

  /** Has the codec read the values at the edges of a scalar or an enum. */
  private void edges(Schema written, Schema read, Spot spot) {
    if (written.equals(read) && written.getType() != Schema.Type.ENUM)
      return;
    var asWritten = ReadPlan.of(written, written, Shapes.NONE);
    var asRead = ReadPlan.of(written, read, Shapes.NONE);
    boolean bare = ScalarTypes.isLogical(written) != ScalarTypes.isLogical(read);
    var same = bare ? ScalarTypes.bare(written) : written;
    var sameRead = bare ? ReadPlan.of(same, ScalarTypes.bare(read), Shapes.NONE) : asRead;
    var plain = bare ? ReadPlan.of(same, same, Shapes.NONE) : asWritten;
    byte @Nullable [] damaged = null;
    for (var value : Samples.edges(written)) {
      try {
        asRead.read(new AvroInput(value, 0));
      } catch (PathException e) {
        add(rule(written, read), Severity.BREAKING, spot, written, read, value,
            problem(written, read, true));
        return;
      }
      if (damaged == null
          && !SameValue.of(plain.read(new AvroInput(value, 0)), sameRead.read(new AvroInput(value, 0))))
        damaged = value;
    }
    if (damaged != null)
      add(rule(written, read), Severity.DAMAGING, spot, written, read, damaged,
          problem(written, read, false));
  }

  private String problem(Schema written, Schema read, boolean fails) {
    if (written.getType() == Schema.Type.ENUM && read.getType() == Schema.Type.ENUM) {
      var unknown = new ArrayList<>(written.getEnumSymbols());
      unknown.removeAll(read.getEnumSymbols());
      return hurt + (fails ? " cannot read " : " take the default for ") + String.join(", ", unknown);
    }
    return hurt + (fails ? " cannot read some of its values" : " read some of its values as others");
  }

  private Rule rule(Schema written, Schema read) {
    return hurt == Hurt.NEW_READERS ? ScalarTypes.rule(written, read) : ScalarTypes.rule(read, written);
  }

  private void error(ErrorAction action, Spot spot) {
    switch (action.error) {
      case MISSING_REQUIRED_FIELD -> missingFields(action.writer, action.reader, spot);
      case SIZES_DONT_MATCH -> breaking(Rule.FIXED_SIZE_CHANGED, spot, action.writer, action.reader,
          hurt + " cannot read a fixed of another size");
      case NAMES_DONT_MATCH -> breaking(Rule.NAME_CHANGED, spot, action.writer, action.reader,
          hurt + " do not take the one name for the other");
      case INCOMPATIBLE_SCHEMA_TYPES -> mismatch(action.writer, action.reader, spot);
      case NO_MATCHING_BRANCH -> {
        var like = action.reader.getTypes().stream().filter(branch -> isLike(action.writer, branch))
            .findFirst();
        int before = findings.size();
        like.ifPresent(branch -> walk(Resolver.resolve(action.writer, branch), spot.inside()));
        if (findings.size() == before)
          mismatch(action.writer, action.reader, spot);
      }
    }
  }

  private static boolean isLike(Schema written, Schema branch) {
    return written.getType() == branch.getType() && written.getName().equals(branch.getName());
  }

  private void mismatch(Schema written, Schema read, Spot spot) {
    if (spot.branch()) {
      breaking(hurt == Hurt.NEW_READERS ? Rule.UNION_BRANCH_REMOVED : Rule.UNION_BRANCH_ADDED, spot, written,
          read,
          hurt + " cannot read the branch " + written.getFullName());
    } else {
      breaking(rule(written, read), spot, written, read, hurt + " cannot read its values");
    }
  }

  private void missingFields(Schema written, Schema read, Spot spot) {
    if (!ReadPlan.sameName(written, read)) {
      breaking(Rule.NAME_CHANGED, spot, written, read, "a record of another name is not read");
      return;
    }
    if (!explained.add(written.getFullName() + " " + read.getFullName()))
      return;
    for (var field : read.getFields()) {
      var source = written.getField(field.name());
      if (source != null) {
        walk(Resolver.resolve(source.schema(), field.schema()), spot.field(written, source.pos()));
      } else if (!field.hasDefaultValue()) {
        missing(field, written, spot);
      }
    }
  }

  private void missing(Schema.Field field, Schema written, Spot spot) {
    var type = ScalarTypes.words(field.schema());
    var renamed = written.getFields().stream().filter(other -> other.aliases().contains(field.name()))
        .findFirst();
    Finding finding;
    String mend;
    if (hurt == Hurt.NEW_READERS) {
      finding = Finding.of(Rule.FIELD_ADDED, Severity.BREAKING, spot.path() + "." + field.name(), "", type);
      mend = "give it a default";
    } else if (renamed.isPresent()) {
      var name = renamed.get().name();
      finding = Finding.of(Rule.FIELD_RENAMED, Severity.BREAKING, spot.path() + "." + name, field.name(),
          name);
      mend = "keep the name; or give it a default in a version that every reader has before it changes";
    } else {
      finding = Finding.of(Rule.FIELD_REMOVED, Severity.BREAKING, spot.path() + "." + field.name(), type, "");
      mend = "keep it; or give it a default in a version that every reader has before it goes";
    }
    findings.add(finding.with(new Finding.Damage(Optional.of(hurt), hurt + " need it, and it has no default",
        mend, Mends.withDefault(field), witness(Samples.smallest(written), spot))));
  }

  private void breaking(Rule rule, Spot spot, Schema written, Schema read, String problem) {
    add(rule, Severity.BREAKING, spot, written, read, Samples.smallest(written).orElse(null), problem);
  }

  private void add(Rule rule, Severity severity, Spot spot, Schema written, Schema read,
      byte @Nullable [] value,
      String problem) {
    var older = hurt == Hurt.NEW_READERS ? written : read;
    var newer = hurt == Hurt.NEW_READERS ? read : written;
    var mend = Mends.of(rule, older, newer, hurt);
    findings.add(Finding.of(rule, severity, spot.path(), ScalarTypes.words(older), ScalarTypes.words(newer))
        .with(new Finding.Damage(Optional.of(hurt), problem, mend.words(), mend.json(),
            witness(Optional.ofNullable(value), spot))));
  }

  private Optional<Finding.Witness> witness(Optional<byte[]> value, Spot spot) {
    return value.flatMap(spot.whole()).map(event -> Witnesses.of(writer, reader, event));
  }
}
