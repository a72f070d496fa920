package dev.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schema.Finding;
import dev.millrace.schema.Severity;
import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** What a check found, printed for people, for programs, and for the pages of a build. */
final class Findings {
  /** The ways to print. */
  enum Format {
    text, json, github, junit
  }

  private final Console console;

  Findings(Console console) {
    this.console = console;
  }

  void print(List<Finding> findings, Format format) {
    switch (format) {
      case text -> text(findings);
      case json -> findings.forEach(finding -> console.out().println(Json.line(json(finding))));
      case github -> findings.forEach(this::github);
      case junit -> console.out().println(junit(findings));
    }
  }

  private void text(List<Finding> findings) {
    for (var finding : findings) {
      console.out()
          .println(console.ansi().string("@|" + colour(finding.severity()) + " " + finding.severity() + "|@")
              + " " + finding.rule() + " " + Table.printable(finding.path()) + change(finding));
      finding.damage().ifPresent(damage -> {
        line("", damage.problem());
        damage.witness().ifPresent(witness -> {
          line("written ", witness.before());
          line("read    ", witness.after());
        });
        line("mend    ", damage.mend());
        damage.json().ifPresent(json -> line("        ", json));
      });
    }
  }

  private void line(String label, String text) {
    console.out().println("    " + label + Table.printable(text));
  }

  private static String change(Finding finding) {
    if (finding.older().isEmpty() && finding.newer().isEmpty())
      return "";
    var older = finding.older().isEmpty() ? "nothing" : finding.older();
    var newer = finding.newer().isEmpty() ? "nothing" : finding.newer();
    return ": " + Table.printable(older + " → " + newer);
  }

  private static String colour(Severity severity) {
    return switch (severity) {
      case BREAKING -> "bold,red";
      case DAMAGING -> "bold,magenta";
      case RISKY -> "yellow";
      case SAFE -> "green";
    };
  }

  static ObjectNode json(Finding finding) {
    var json = Json.object().put("rule", finding.rule().id()).put("severity", finding.severity().toString())
        .put("path", finding.path()).put("older", finding.older()).put("newer", finding.newer());
    finding.damage().ifPresent(damage -> {
      damage.hurt().ifPresent(hurt -> json.put("hurt", hurt.toString()));
      json.put("problem", damage.problem()).put("mend", damage.mend());
      damage.json().ifPresent(mend -> json.put("json", mend));
      damage.witness().ifPresent(witness -> json.set("witness",
          Json.object().put("before", witness.before()).put("after", witness.after())));
    });
    return json;
  }

  /** A workflow command of GitHub Actions: docs.github.com, "Workflow commands for GitHub Actions". */
  private void github(Finding finding) {
    var level = finding.severity().forbidden()
        ? "error"
        : finding.severity() == Severity.RISKY ? "warning" : "notice";
    console.out().println("::" + level + " title=" + finding.severity() + " " + finding.rule() + "::"
        + finding.toString().replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"));
  }

  private static String junit(List<Finding> findings) {
    var text = new StringWriter();
    try {
      var xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "millrace schema check");
      xml.writeAttribute("tests", Integer.toString(findings.size()));
      xml.writeAttribute("failures",
          Long.toString(findings.stream().filter(finding -> finding.severity().forbidden()).count()));
      for (var finding : findings)
        testcase(xml, finding);
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.flush();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a text could not be written to memory", e);
    }
    return text.toString();
  }

  private static void testcase(XMLStreamWriter xml, Finding finding) throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", finding.path());
    xml.writeAttribute("name", finding.rule().id());
    if (finding.severity().forbidden()) {
      xml.writeStartElement("failure");
      xml.writeAttribute("type", finding.severity().toString());
      xml.writeAttribute("message", finding.toString());
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }
}
