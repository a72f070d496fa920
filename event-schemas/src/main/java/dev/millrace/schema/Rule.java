package dev.millrace.schema;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a finding is about. Its {@link #id} is stable: suppressions and programs name it. */
public enum Rule {
  /** A field that the older schema does not have. */
  FIELD_ADDED,
  /** A field that the newer schema does not have. */
  FIELD_REMOVED,
  /** A field with another name, and its former one as an alias. */
  FIELD_RENAMED,
  /** Fields in another order. */
  FIELDS_REORDERED,
  /** A type that values of the older one cannot be read as. */
  TYPE_CHANGED,
  /** A type that values of the older one are read as: Avro's promotions. */
  TYPE_PROMOTED,
  /** A symbol that the older enum does not have. */
  ENUM_SYMBOL_ADDED,
  /** A symbol that the newer enum does not have. */
  ENUM_SYMBOL_REMOVED,
  /** An enum's symbols in another order. */
  ENUM_SYMBOLS_REORDERED,
  /** The symbol that stands for unknown ones. */
  ENUM_DEFAULT_CHANGED,
  /** A union's branch that the older schema does not have. */
  UNION_BRANCH_ADDED,
  /** A union's branch that the newer schema does not have. */
  UNION_BRANCH_REMOVED,
  /** A union's branches in another order. */
  UNION_BRANCHES_REORDERED,
  /** The size of a fixed. */
  FIXED_SIZE_CHANGED,
  /** The name of a record, an enum or a fixed. */
  NAME_CHANGED,
  /** The namespace of a record, an enum or a fixed. */
  NAMESPACE_CHANGED,
  /** Aliases that two fields claim, or that are the name of another field. */
  ALIAS_CLASH,
  /** A logical type where there was none. */
  LOGICAL_TYPE_ADDED,
  /** A logical type that is gone. */
  LOGICAL_TYPE_REMOVED,
  /** Another logical type, or another unit, precision or scale of it. */
  LOGICAL_TYPE_CHANGED,
  /** The value that stands for a field which an event does not have. */
  DEFAULT_CHANGED,
  /** Documentation only. */
  DOC_CHANGED,
  /** The stream that carries the events. */
  STREAM_CHANGED,
  /** The field that orders the events. */
  KEY_CHANGED,
  /** The service that publishes the events. */
  OWNER_CHANGED,
  /** A new major version: an upcaster makes what it asks for of older events. */
  MAJOR_CHANGED,
  /** The text of a version that others have already. */
  VERSION_EDITED,
  /** A version that others have already, and that is gone. */
  VERSION_REMOVED,
  /** An event that is new. */
  EVENT_ADDED,
  /** An event that is gone with all its versions. */
  EVENT_REMOVED,
  /** A new major version with no upcaster from the one before. */
  UPCASTER_MISSING;

  /** Such as {@code field-added}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The rule with this id. */
  public static Optional<Rule> of(String id) {
    return Arrays.stream(values()).filter(rule -> rule.id().equals(id)).findFirst();
  }

  @Override
  public String toString() {
    return id();
  }
}
