package dev.millrace.cli;

import picocli.CommandLine.Option;

/** How a command prints its data. */
final class Output {
  /** The two ways; JSON is one object a line where there are many. */
  enum Format {
    table, json
  }

  private Format format = Format.table;

  @Option(names = {"-o",
      "--output"}, paramLabel = "FORMAT", defaultValue = "table", description = "table (the default, for people) or json (one object a line, for programs)")
  void format(Format wanted) {
    this.format = wanted;
  }

  boolean json() {
    return format == Format.json;
  }
}
