package dev.millrace.cli;

import dev.millrace.cli.Instance.Parameter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How fresh the answer has to be. */
final class AtLeastOptions {
  @Option(names = "--at-least", paramLabel = "TOKEN", description = "only an answer that has the write of this token in it, as a receipt gives it; several must all be in it")
  private List<String> tokens = new ArrayList<>();

  @Option(names = "--wait", paramLabel = "TIME", defaultValue = "", description = "wait this long for --at-least at most, such as 500ms or 5s; 2s unless said")
  private String wait = "";

  /** What is said to the instance. */
  List<Parameter> headers() {
    var headers = new ArrayList<Parameter>();
    tokens.forEach(token -> headers.add(new Parameter("Millrace-At-Least", token)));
    if (!wait.isEmpty())
      headers.add(new Parameter("Millrace-Wait", wait));
    return headers;
  }
}
