package dev.millrace.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One command line run in this process, and what came of it. */
record Run(int code, String out, String err) {

  static Run of(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int code = Millrace.run(new Console(new PrintWriter(out), new PrintWriter(err), false), args);
    return new Run(code, out.toString(), err.toString());
  }
}
