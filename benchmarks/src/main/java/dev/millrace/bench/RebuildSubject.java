package dev.millrace.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One subject of the rebuild's comparison, in a process that has no other work: for each number that it reads it makes the
 * table of that number and says how long that took. Started by {@link SubjectProcess}.
 */
public final class RebuildSubject {
  static final String READY = "ready";

  /** One way to make a table. */
  interface Way extends AutoCloseable {
    /** Gets what it needs of what the log holds by now, before time is counted. */
    default void prepare() throws Exception {}

    /** Answers the table; the empty text where it makes none. */
    String make(int number) throws Exception;

    /** Takes away what need not be there any longer, when time is no longer counted. */
    default void clear(String table) throws Exception {}

    @Override
    void close();
  }

  private RebuildSubject() {}

  /** Arguments: the subject, and where the servers are. Ends when its input does, or with its first failure. */
  @SuppressWarnings("CatchAndPrintStackTrace") // its errors are read by who started it
  public static void main(String[] args) {
    try {
      run(List.of(args));
      System.exit(0); // whatever threads the subject has left
    } catch (Exception | LinkageError e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(List<String> arguments) throws Exception {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (var way = way(arguments.getFirst(), Servers.of(arguments.subList(1, arguments.size())))) {
      System.out.println(READY);
      for (var line = input.readLine(); line != null; line = input.readLine()) {
        way.prepare();
        System.gc(); // what the last run left is not this one's
        long cpu = ProcessUse.cpuNanos();
        long started = System.nanoTime();
        var table = way.make(Integer.parseInt(line));
        var run = new SubjectProcess.Run(table, System.nanoTime() - started, ProcessUse.cpuNanos() - cpu,
            ProcessUse.peakBytes());
        System.out.println(run.line());
        way.clear(table);
      }
    }
  }

  private static Way way(String subject, Servers servers) throws Exception {
    if (subject.equals(RebuildBench.SINK))
      return new Sinking(new JdbcSink(servers));
    var views = new OrderViews(servers);
    return switch (subject) {
      case RebuildBench.REBUILD -> new Viewing(views, number -> views.rebuild("order-totals-" + number));
      case RebuildBench.STEADY -> new Viewing(views, views::steady);
      case RebuildBench.ROW_BY_ROW -> new Viewing(views, views::rowByRow);
      case RebuildBench.DECODE -> new Viewing(views, number -> views.decodeAlone());
      case RebuildBench.COPY -> new Copying(views);
      case RebuildBench.UPSERT -> new Viewing(views, views::upsertAlone);
      default -> throw new IllegalArgumentException("there is no subject " + subject);
    };
  }

  @FunctionalInterface
  private interface Making {
    String make(int number) throws Exception;
  }

  private record Viewing(OrderViews views, Making making) implements Way {
    @Override
    public String make(int number) throws Exception {
      return making.make(number);
    }

    @Override
    public void close() {
      views.close();
    }
  }

  private static final class Copying implements Way {
    private final OrderViews views;
    private byte[] rows = {};
    private int rebuilds;

    Copying(OrderViews views) {
      this.views = views;
    }

    @Override
    public void prepare() throws Exception {
      rows = views.rows(views.rebuild("to-copy-" + ++rebuilds));
    }

    @Override
    public String make(int number) throws Exception {
      return views.copyAlone(rows, number);
    }

    @Override
    public void close() {
      views.close();
    }
  }

  private record Sinking(JdbcSink sink) implements Way {
    @Override
    public String make(int number) throws Exception {
      return sink.sink(number);
    }

    @Override
    public void clear(String table) throws Exception {
      sink.stop(table);
    }

    @Override
    public void close() {
      sink.close();
    }
  }
}
