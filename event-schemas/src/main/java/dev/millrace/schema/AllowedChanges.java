package dev.millrace.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes that somebody has allowed, with the reason: lines of {@code allowed-changes.txt} beside the events' folders,
 * so that they are under review as the schemas are. A line is a rule, a path and the reason, such as
 *
 * <pre>enum-symbol-added shop.sales.OrderPlaced.state nobody reads it but us, and we are upgraded</pre>
 *
 * Lines that begin with {@code #} are left out.
 */
public final class AllowedChanges {
  /** The name of the file. */
  public static final String FILE = "allowed-changes.txt";

  /** Nothing is allowed. */
  public static final AllowedChanges NONE = new AllowedChanges(List.of());

  private final List<Allowed> allowed;

  /** One line of it. */
  public record Allowed(Rule rule, String path, String reason) {
    boolean covers(Finding finding) {
      return finding.rule() == rule && finding.path().equals(path);
    }
  }

  private AllowedChanges(List<Allowed> allowed) {
    this.allowed = List.copyOf(allowed);
  }

  /**
   * Those of folders; a folder without the file allows nothing.
   *
   * @throws SchemaException INVALID_CONTRACT with every line that lacks a rule that there is, a path or a reason
   */
  public static AllowedChanges of(List<Path> folders) throws IOException {
    var allowed = new ArrayList<Allowed>();
    var faults = new ArrayList<String>();
    for (var folder : folders) {
      var file = folder.resolve(FILE);
      if (!Files.exists(file))
        continue;
      var lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        var line = lines.get(i).strip();
        if (!line.isEmpty() && !line.startsWith("#"))
          parse(line, file + ":" + (i + 1), allowed, faults);
      }
    }
    if (!faults.isEmpty())
      throw new SchemaException(SchemaException.Code.INVALID_CONTRACT, String.join("\n", faults));
    return new AllowedChanges(allowed);
  }

  private static void parse(String line, String where, List<Allowed> allowed, List<String> faults) {
    var parts = line.split("\\s+", 3);
    var rule = Rule.of(parts[0]);
    if (rule.isEmpty())
      faults.add(where + ": '" + parts[0] + "' is no rule: take the one that the finding names");
    else if (parts.length < 3)
      faults.add(where + ": says no " + (parts.length < 2 ? "path" : "reason")
          + ": a line is a rule, a path and the reason why the change is allowed");
    else
      allowed.add(new Allowed(rule.get(), parts[1], parts[2]));
  }

  /** The findings that are not allowed. */
  public List<Finding> without(List<Finding> findings) {
    return findings.stream().filter(finding -> allowed.stream().noneMatch(line -> line.covers(finding)))
        .toList();
  }

  /** The lines that none of the findings needs: they can go. */
  public List<Allowed> unused(List<Finding> findings) {
    return allowed.stream().filter(line -> findings.stream().noneMatch(line::covers)).toList();
  }
}
