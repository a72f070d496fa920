package dev.millrace.schema;

import java.util.Set;
import java.util.TreeMap;
import javax.lang.model.SourceVersion;
import org.apache.avro.Schema;

/** The names in one generated source file: imports what it can, and spells out what another type's name hides. */
final class JavaNames {
  /** What a record may not call a component, and what a generated record calls its own members. */
  private static final Set<String> TAKEN_COMPONENTS = Set.of("clone", "finalize", "getClass", "hashCode",
      "notify",
      "notifyAll", "toString", "wait", "eventType", "SHAPE", "TYPE");
  private static final Set<String> TAKEN_TYPES = Set.of("record", "var", "yield", "sealed", "permits",
      "when");

  private final String ownPackage;
  private final boolean movesAll;
  private final Set<String> ownTypes;
  private final TreeMap<String, String> imports = new TreeMap<>();

  /**
   * @param movesAll whether all types that a schema names are generated into this package, whatever their namespace
   * @param ownTypes the simple names of the types in the file's own package
   */
  JavaNames(String ownPackage, boolean movesAll, Set<String> ownTypes) {
    this.ownPackage = ownPackage;
    this.movesAll = movesAll;
    this.ownTypes = ownTypes;
  }

  static String component(String field) {
    return SourceVersion.isKeyword(field) || TAKEN_COMPONENTS.contains(field) ? field + "_" : field;
  }

  static String constant(String symbol) {
    return SourceVersion.isKeyword(symbol) || symbol.equals("SCHEMA") ? symbol + "_" : symbol;
  }

  static boolean isType(String fullName) {
    return fullName.contains(".") && SourceVersion.isName(fullName)
        && !TAKEN_TYPES.contains(fullName.substring(fullName.lastIndexOf('.') + 1));
  }

  String home() {
    return ownPackage;
  }

  /** The shortest name of the type that is generated from a schema. */
  String of(Schema schema) {
    return movesAll ? schema.getName() : type(schema.getFullName());
  }

  /** The shortest name of a type that can be used in the file. */
  String type(String fullName) {
    int dot = fullName.lastIndexOf('.');
    var simple = fullName.substring(dot + 1);
    var home = fullName.substring(0, dot);
    if (home.equals(ownPackage))
      return simple;
    if (ownTypes.contains(simple))
      return fullName;
    return fullName.equals(imports.computeIfAbsent(simple, _ -> fullName)) ? simple : fullName;
  }

  /** The same with {@code @Nullable} where Java wants it: right before the simple name. */
  String nullable(String type) {
    var annotation = "@" + type("org.jspecify.annotations.Nullable") + " ";
    int end = type.indexOf('<') < 0 ? type.length() : type.indexOf('<');
    int dot = type.lastIndexOf('.', end);
    return type.substring(0, dot + 1) + annotation + type.substring(dot + 1);
  }

  /** The import lines. */
  String imports() {
    var lines = new StringBuilder();
    imports.values().stream().sorted().filter(name -> !isJavaLang(name))
        .forEach(name -> lines.append("import ").append(name).append(";\n"));
    return lines.toString();
  }

  private static boolean isJavaLang(String name) {
    return name.startsWith("java.lang.") && name.indexOf('.', "java.lang.".length()) < 0;
  }
}
