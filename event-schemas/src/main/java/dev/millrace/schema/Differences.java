package dev.millrace.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Everything that differs between two schemas, whether it hurts or not. What it does to events is {@link Reading}'s to
 * say; only what no event shows is judged here: the contract, names that other readers ask for, and defaults.
 */
final class Differences {
  private final List<Finding> findings = new ArrayList<>();
  private final Set<String> compared = new HashSet<>();

  private Differences() {}

  static List<Finding> of(Schema older, Schema newer) {
    var differences = new Differences();
    var path = newer.getFullName();
    differences.contract(older, newer, path);
    differences.compare(older, newer, path);
    return List.copyOf(differences.findings);
  }

  /** What differs in the contract alone. */
  static List<Finding> ofContract(Schema older, Schema newer) {
    var differences = new Differences();
    differences.contract(older, newer, newer.getFullName());
    return List.copyOf(differences.findings);
  }

  private void contract(Schema older, Schema newer, String path) {
    property("stream", Rule.STREAM_CHANGED, Severity.BREAKING, older, newer, path,
        "readers of the former stream miss the new events, and a replay of the new one the old events",
        "keep the stream; or make it a new event");
    property("key", Rule.KEY_CHANGED, Severity.BREAKING, older, newer, path,
        "events that were in order to each other no longer are, and views hold old and new under different keys",
        "keep the key; or make it a new event");
    property("owner", Rule.OWNER_CHANGED, Severity.RISKY, older, newer, path,
        "two services may publish it for a while", "let the former owner stop before the new one begins");
  }

  private void property(String name, Rule rule, Severity severity, Schema older, Schema newer, String path,
      String problem, String mend) {
    var before = older.getProp(name);
    var after = newer.getProp(name);
    if (before != null && !before.equals(after))
      findings.add(Finding.of(rule, severity, path, before, Objects.requireNonNullElse(after, ""))
          .because(problem, mend));
  }

  private void add(Rule rule, String path, Object older, Object newer) {
    findings.add(Finding.of(rule, Severity.SAFE, path, String.valueOf(older), String.valueOf(newer)));
  }

  private void compare(Schema older, Schema newer, String path) {
    if (older.getType() == Schema.Type.UNION || newer.getType() == Schema.Type.UNION) {
      unions(branches(older), branches(newer), path);
      return;
    }
    if (older.getType() != newer.getType()) {
      type(older, newer, path);
      return;
    }
    switch (newer.getType()) {
      case RECORD -> records(older, newer, path);
      case ENUM -> enums(older, newer, path);
      case ARRAY -> compare(older.getElementType(), newer.getElementType(), path + "[]");
      case MAP -> compare(older.getValueType(), newer.getValueType(), path + "{}");
      case FIXED -> {
        names(older, newer, path);
        type(older, newer, path);
      }
      default -> type(older, newer, path);
    }
  }

  private void type(Schema older, Schema newer, String path) {
    var was = ScalarTypes.words(older);
    var is = ScalarTypes.words(newer);
    boolean sameSize = older.getType() != Schema.Type.FIXED || newer.getType() != Schema.Type.FIXED
        || older.getFixedSize() == newer.getFixedSize();
    boolean sameMeaning = Objects.equals(older.getLogicalType(), newer.getLogicalType());
    if (older.getType() == newer.getType() && sameSize && sameMeaning)
      return;
    var rule = ScalarTypes.rule(older, newer);
    if (sameMeaning || isWidened(older, newer))
      add(rule, path, was, is);
    else
      findings.add(Finding.of(rule, Severity.RISKY, path, was, is).because(isWidened(newer, older)
          ? "a value with more digits is read, and cannot be written again"
          : "the bytes are the same, and what they mean is not: readers that go by the bytes alone, as other Avro"
              + " readers do, read another value",
          "add a field of the new type beside this one"));
  }

  /** Whether a decimal got more digits, and nothing else. */
  private static boolean isWidened(Schema one, Schema other) {
    return one.getLogicalType() instanceof LogicalTypes.Decimal few
        && other.getLogicalType() instanceof LogicalTypes.Decimal many
        && few.getScale() == many.getScale() && few.getPrecision() < many.getPrecision();
  }

  private static List<Schema> branches(Schema schema) {
    return schema.getType() == Schema.Type.UNION ? schema.getTypes() : List.of(schema);
  }

  private void unions(List<Schema> older, List<Schema> newer, String path) {
    var common = new ArrayList<String>();
    for (var branch : older) {
      var match = match(branch, newer);
      if (match.isPresent()) {
        common.add(match.get().getFullName());
        compare(branch, match.get(), within(newer, match.get(), path));
      }
    }
    var gone = older.stream().filter(branch -> match(branch, newer).isEmpty()).toList();
    var come = newer.stream().filter(branch -> older.stream().noneMatch(other -> sameBranch(other, branch)))
        .toList();
    if (gone.size() == 1 && come.size() == 1) {
      compare(gone.getFirst(), come.getFirst(), within(newer, come.getFirst(), path));
    } else {
      gone.forEach(
          branch -> add(Rule.UNION_BRANCH_REMOVED, within(older, branch, path), branch.getFullName(), ""));
      come.forEach(
          branch -> add(Rule.UNION_BRANCH_ADDED, within(newer, branch, path), "", branch.getFullName()));
    }
    var order = newer.stream().map(Schema::getFullName).filter(common::contains).toList();
    if (!order.equals(common))
      add(Rule.UNION_BRANCHES_REORDERED, path, common, order);
  }

  private static String within(List<Schema> union, Schema branch, String path) {
    long others = union.stream().filter(other -> other.getType() != Schema.Type.NULL).count();
    return others < 2 || branch.getType() == Schema.Type.NULL
        ? path
        : path + "(" + branch.getFullName() + ")";
  }

  private static Optional<Schema> match(Schema branch, List<Schema> among) {
    return among.stream().filter(other -> sameBranch(branch, other)).findFirst();
  }

  private static boolean sameBranch(Schema older, Schema newer) {
    return older.getType() == newer.getType() && (older.getFullName().equals(newer.getFullName())
        || (isNamed(newer) && newer.getAliases().contains(older.getFullName())));
  }

  private static boolean isNamed(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ENUM, FIXED -> true;
      default -> false;
    };
  }

  private void names(Schema older, Schema newer, String path) {
    doc(older.getDoc(), newer.getDoc(), path);
    if (older.getFullName().equals(newer.getFullName()))
      return;
    var rule = older.getName().equals(newer.getName()) ? Rule.NAMESPACE_CHANGED : Rule.NAME_CHANGED;
    boolean known = newer.getAliases().contains(older.getFullName());
    var finding = Finding.of(rule, known ? Severity.SAFE : Severity.RISKY, path, older.getFullName(),
        newer.getFullName());
    findings.add(known
        ? finding
        : finding.because("readers that go by the full name do not take the one for the other",
            "keep the name, or add the former one as an alias"));
  }

  private void doc(String before, String after, String path) {
    if (!Objects.equals(before, after))
      add(Rule.DOC_CHANGED, path, "", "");
  }

  private void enums(Schema older, Schema newer, String path) {
    names(older, newer, path);
    var was = older.getEnumSymbols();
    var is = newer.getEnumSymbols();
    var added = is.stream().filter(symbol -> !was.contains(symbol)).toList();
    var removed = was.stream().filter(symbol -> !is.contains(symbol)).toList();
    if (!added.isEmpty())
      add(Rule.ENUM_SYMBOL_ADDED, path, "", String.join(", ", added));
    if (!removed.isEmpty())
      add(Rule.ENUM_SYMBOL_REMOVED, path, String.join(", ", removed), "");
    if (!was.stream().filter(is::contains).toList().equals(is.stream().filter(was::contains).toList()))
      add(Rule.ENUM_SYMBOLS_REORDERED, path, was, is);
    if (!Objects.equals(older.getEnumDefault(), newer.getEnumDefault()))
      add(Rule.ENUM_DEFAULT_CHANGED, path, Objects.requireNonNullElse(older.getEnumDefault(), ""),
          Objects.requireNonNullElse(newer.getEnumDefault(), ""));
  }

  private void records(Schema older, Schema newer, String path) {
    if (!compared.add(older.getFullName() + " " + newer.getFullName()))
      return;
    names(older, newer, path);
    aliases(newer, path);
    var matched = new HashSet<String>();
    var was = new ArrayList<String>();
    var is = new ArrayList<String>();
    for (var field : newer.getFields()) {
      var former = former(older, field);
      var here = path + "." + field.name();
      if (former.isEmpty()) {
        add(Rule.FIELD_ADDED, here, "", ScalarTypes.words(field.schema()));
        continue;
      }
      matched.add(former.get().name());
      is.add(former.get().name());
      fields(former.get(), field, here);
    }
    for (var field : older.getFields()) {
      if (matched.contains(field.name()))
        was.add(field.name());
      else
        add(Rule.FIELD_REMOVED, path + "." + field.name(), ScalarTypes.words(field.schema()), "");
    }
    if (!was.equals(is))
      add(Rule.FIELDS_REORDERED, path, was, is);
  }

  private static Optional<Schema.Field> former(Schema older, Schema.Field field) {
    return Optional.ofNullable(older.getField(field.name()))
        .or(() -> field.aliases().stream().map(older::getField)
            .filter(Objects::nonNull).findFirst());
  }

  private void fields(Schema.Field older, Schema.Field newer, String path) {
    if (!older.name().equals(newer.name()))
      add(Rule.FIELD_RENAMED, path, older.name(), newer.name());
    doc(older.doc(), newer.doc(), path);
    var was = defaultOf(older);
    var is = defaultOf(newer);
    if (!was.equals(is))
      defaults(was, is, path);
    compare(older.schema(), newer.schema(), path);
  }

  private void defaults(String was, String is, String path) {
    boolean both = !was.isEmpty() && !is.isEmpty();
    var finding = Finding.of(Rule.DEFAULT_CHANGED, both ? Severity.RISKY : Severity.SAFE, path, was, is);
    findings.add(both
        ? finding.because("an event that does not have the field is read with another value than before",
            "keep the default")
        : finding);
  }

  /** As it is read; empty where there is none. */
  private static String defaultOf(Schema.Field field) {
    if (!field.hasDefaultValue())
      return "";
    return Defaults.read(field).map(JsonNode::toString).orElse("no value of its type");
  }

  private void aliases(Schema record, String path) {
    var claimed = new HashSet<String>();
    for (var field : record.getFields()) {
      var clashes = field.aliases().stream().sorted()
          .filter(
              alias -> !claimed.add(alias) || (record.getField(alias) != null && !alias.equals(field.name())))
          .toList();
      if (!clashes.isEmpty())
        findings.add(Finding.of(Rule.ALIAS_CLASH, Severity.RISKY, path + "." + field.name(), "",
            "aliases " + Arrays.toString(clashes.toArray()))
            .because("which field such a value goes to depends on the order of the fields, and on the reader",
                "let each alias be the former name of one field, and of none that is still there"));
    }
  }
}
