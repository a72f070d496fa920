import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Prints what the tests of a build took and why tests were skipped, and ends with a line of counts:
 * {@code N passed, N failed, N skipped}. Reads the reports of Surefire and Failsafe. Runs on Java 17 and newer, from this
 * file: {@code java TestReport.java FOLDER SINCE}, with the folder of the checkout and the start of the build as an ISO
 * 8601 instant; older reports are of an earlier build.
 */
final class TestReport {
  private static final int SLOWEST = 10;

  private record TestClass(String module, String name, double seconds) {}

  private final List<TestClass> classes = new ArrayList<>();
  private final Map<String, Integer> skippedByReason = new TreeMap<>();
  private int tests;
  private int failed;
  private int skipped;

  public static void main(String[] arguments) throws IOException {
    var report = new TestReport();
    report.readAll(Path.of(arguments[0]).toRealPath(), Instant.parse(arguments[1]));
    report.print();
  }

  private void readAll(Path root, Instant since) throws IOException {
    Files.walkFileTree(root, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        var name = folder.getFileName().toString();
        boolean skip = name.equals(".git") || name.equals("src") || name.equals("classes");
        return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        var folder = file.getParent();
        if (folder.getFileName().toString().endsWith("-reports")
            && file.getFileName().toString().matches("TEST-.*\\.xml")
            && !attributes.lastModifiedTime().toInstant().isBefore(since))
          read(file, module(root, folder));
        return FileVisitResult.CONTINUE;
      }
    });
  }

  /** The module, and the name of the run if the module has several. */
  private static String module(Path root, Path reports) {
    var module = root.relativize(reports.getParent().getParent()).toString();
    var run = reports.getFileName().toString().replaceFirst("-reports$", "");
    return run.equals("surefire") || run.equals("failsafe") ? module : module + " (" + run + ")";
  }

  private void read(Path file, String module) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      var xml = XMLInputFactory.newDefaultFactory().createXMLStreamReader(in, UTF_8.name());
      while (xml.hasNext()) {
        if (xml.next() != XMLStreamConstants.START_ELEMENT)
          continue;
        switch (xml.getLocalName()) {
          case "testsuite" -> suite(xml, module);
          case "skipped" -> skippedByReason.merge(reason(xml), 1, Integer::sum);
          default -> {
          }
        }
      }
    } catch (XMLStreamException e) {
      throw new IOException(file + " is not a complete report: " + e.getMessage(), e);
    }
  }

  private void suite(XMLStreamReader xml, String module) {
    tests += number(xml, "tests");
    failed += number(xml, "failures") + number(xml, "errors");
    skipped += number(xml, "skipped");
    var name = xml.getAttributeValue(null, "name");
    var seconds = Double.parseDouble(xml.getAttributeValue(null, "time").replace(",", ""));
    classes.add(new TestClass(module, name.substring(name.lastIndexOf('.') + 1), seconds));
  }

  private static int number(XMLStreamReader xml, String attribute) {
    return Integer.parseInt(xml.getAttributeValue(null, attribute));
  }

  /** A condition gives its reason as an attribute, an assumption as the text of an exception. */
  private static String reason(XMLStreamReader xml) throws XMLStreamException {
    var message = xml.getAttributeValue(null, "message");
    var reason = message == null ? xml.getElementText().replaceFirst("^\\S+Exception: ", "") : message;
    return reason.lines().filter(line -> !line.isBlank()).findFirst().orElse("no reason given");
  }

  private void print() {
    if (!classes.isEmpty()) {
      System.out.println("The slowest test classes, in seconds (classes run side by side):");
      classes.stream().sorted(Comparator.comparingDouble(TestClass::seconds).reversed()).limit(SLOWEST)
          .forEach(one -> System.out.printf("%8.1f  %s, %s%n", one.seconds(), one.name(), one.module()));
    }
    if (!skippedByReason.isEmpty()) {
      System.out.println("Skipped:");
      skippedByReason.forEach((reason, count) -> System.out.printf("%8d  %s%n", count, reason));
    }
    System.out.printf("%d passed, %d failed, %d skipped%n", tests - failed - skipped, failed, skipped);
  }
}
