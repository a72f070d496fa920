package dev.millrace.example.retail;

import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import dev.millrace.publish.Publisher;
import dev.millrace.schema.EventCodec;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import shop.catalog.ProductListed;

/**
 * The services at work on the input, page by page. What the direct services say about a page is in the log before the sales
 * service books the page; the booking says how far the input was heard. After a crash the direct services hear the input
 * again from its beginning, in silence, to where the sales service was; what they had said of the page that was not booked
 * is found in the log by its id, and not said twice. Owned by one thread.
 */
final class Shop implements AutoCloseable {
  /** On this day the second release of the services goes live, and writes the second version of their events. */
  static final LocalDateTime SECOND_RELEASE = LocalDateTime.parse("2011-06-01T00:00:00");

  /** What the direct services publish to. */
  private static final Set<StreamName> DIRECT = Stream
      .of("catalog.products", "customers.customers", "stock.movements",
          "ledger.entries")
      .map(StreamName::of).collect(Collectors.toUnmodifiableSet());

  /** The streams of the services. */
  static final Set<StreamName> SERVICES = and(DIRECT, "sales.orders");

  /** All streams of the shop, the stream app's included. */
  static final Set<StreamName> STREAMS = and(SERVICES, "sales.order-details");

  static final ZoneId ZONE = ZoneId.of("Europe/London");
  private static final int PAGE_INVOICES = 400;
  private static final Duration PACE = Duration.ofMillis(50);

  private final EventLog log;
  private final SalesService sales;
  private final List<DirectService> direct = List.of(new CatalogService(), new CustomerService(),
      new StockService(),
      new LedgerService());
  private final Publisher firstRelease;
  private final Publisher secondRelease;
  private Publisher live;
  private final Tally tally;
  private final List<CompletableFuture<Receipt>> said = new ArrayList<>();

  Shop(EventLog log, EventCodec codec, SalesService sales, Tally tally) {
    this.log = log;
    this.sales = sales;
    this.tally = tally;
    this.firstRelease = Publisher.builder(log.writer(), codec).source("/shop")
        .writing(ProductListed.TYPE.at(1)).build();
    this.secondRelease = Publisher.builder(log.writer(), codec).source("/shop").build();
    this.live = firstRelease;
  }

  /**
   * Runs the whole input through the services; returns when every page is booked.
   *
   * @param rowsPerSecond how fast the year goes by, asked for at every invoice; empty for as fast as it can
   */
  void run(Input input, RejectsFile rejects, Supplier<OptionalLong> rowsPerSecond)
      throws IOException, SQLException {
    long resume = sales.open(input.identity());
    var alreadySaid = saidSince(resume);
    long started = System.nanoTime();
    long rows = 0;
    var page = new ArrayList<Invoice>();
    try (var invoices = new InvoiceReader(input.open(), row -> {
      tally.rejected();
      rejects.write(row);
    })) {
      for (var invoice = invoices.next(); invoice != null; invoice = invoices.next()) {
        boolean isNew = invoice.ordinal() >= resume;
        hear(invoice, isNew, alreadySaid);
        tally.count(invoice);
        if (!isNew)
          continue;
        page.add(invoice);
        rows += invoice.lines().size();
        var rate = rowsPerSecond.get();
        long due = rate.isPresent() ? started + rows * 1_000_000_000L / rate.getAsLong() : started;
        boolean ahead = due - System.nanoTime() > PACE.toNanos();
        if (page.size() == PAGE_INVOICES || ahead)
          turn(page);
        if (ahead)
          pauseUntil(due);
      }
    }
    if (!page.isEmpty())
      turn(page);
  }

  @Override
  public void close() {
    firstRelease.close();
    secondRelease.close();
  }

  private static Set<StreamName> and(Set<StreamName> streams, String another) {
    return Stream.concat(streams.stream(), Stream.of(StreamName.of(another)))
        .collect(Collectors.toUnmodifiableSet());
  }

  private void hear(Invoice invoice, boolean isNew, Set<String> alreadySaid) {
    var publisher = release(invoice);
    for (var service : direct) {
      int number = 0;
      for (var event : service.hear(invoice)) {
        tally.count(event.eventType().name(), 1);
        var id = service.name() + "-" + invoice.ordinal() + "-" + number++;
        if (!isNew || alreadySaid.contains(id))
          continue;
        var time = invoice.time().atZone(ZONE).toInstant();
        said.add(publisher.publish(event,
            envelope -> envelope.withId(id).withSource("/" + service.name()).withTime(time)));
      }
    }
  }

  /** The second release goes live when the first has nothing more in flight, so that the order of a key holds. */
  private Publisher release(Invoice invoice) {
    if (invoice.time().isBefore(SECOND_RELEASE))
      return firstRelease;
    if (live == firstRelease)
      firstRelease.flush();
    live = secondRelease;
    return secondRelease;
  }

  /** The ids of what the direct services said of invoices from this one on. */
  private Set<String> saidSince(long ordinal) {
    var ids = new HashSet<String>();
    if (ordinal == 0 && log.lag(DIRECT, Cursor.start()) == 0)
      return ids;
    var end = log.end(DIRECT);
    try (var reader = log.reader(DIRECT, Cursor.start())) {
      while (!reader.cursor().hasReached(end)) {
        for (var record : reader.poll(Duration.ofMillis(500)).records()) {
          var id = record.envelope().id();
          var parts = id.split("-", -1);
          if (parts.length == 3 && Long.parseLong(parts[1]) >= ordinal)
            ids.add(id);
        }
      }
    }
    return ids;
  }

  /** Waits for what the direct services said, then books the page. */
  private void turn(List<Invoice> page) throws SQLException {
    said.forEach(CompletableFuture::join);
    said.clear();
    sales.book(page);
    page.clear();
  }

  private static void pauseUntil(long nanoTime) {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
