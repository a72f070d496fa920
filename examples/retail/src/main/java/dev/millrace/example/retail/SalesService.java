package dev.millrace.example.retail;

import dev.millrace.publish.Outbox;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import shop.sales.OrderCancelled;
import shop.sales.OrderLine;
import shop.sales.OrderPlaced;

/**
 * The sales service: it keeps orders in a database of its own, and says what happened through its outbox, in the same
 * transaction. How far it has heard the input is in that transaction too. Owned by one thread.
 */
final class SalesService {
  private static final String TABLES = """
      CREATE TABLE IF NOT EXISTS orders (
        order_id text PRIMARY KEY, kind text NOT NULL, customer_id text, country text NOT NULL,
        placed_at timestamp NOT NULL, total numeric(18,3) NOT NULL);
      CREATE TABLE IF NOT EXISTS heard (
        input text PRIMARY KEY, next_ordinal bigint NOT NULL)""";

  private final DataSource database;
  private final Outbox firstRelease;
  private final Outbox secondRelease;

  SalesService(DataSource database, EventCodec codec) {
    this.database = database;
    this.firstRelease = Outbox.builder(codec).source("/sales").writing(OrderPlaced.TYPE.at(1)).build();
    this.secondRelease = Outbox.builder(codec).source("/sales").build();
  }

  /**
   * Makes the tables where they are not there, and answers the ordinal of the first invoice that is not booked yet.
   *
   * @throws IllegalStateException where the database has booked invoices of another input
   */
  long open(String input) throws SQLException {
    try (var connection = database.getConnection(); var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(TABLES);
      Outbox.createTable(connection);
      try (var insert = connection
          .prepareStatement("INSERT INTO heard SELECT ?, 0 WHERE NOT EXISTS (SELECT FROM heard)")) {
        insert.setString(1, input);
        insert.executeUpdate();
      }
      try (var heard = statement.executeQuery("SELECT input, next_ordinal FROM heard")) {
        heard.next();
        if (!heard.getString(1).equals(input)) {
          throw new IllegalStateException(
              "the data folder holds the shop of another input (" + heard.getString(1)
                  + "), not of this one (" + input + "): use that input again, or another --data-dir");
        }
        long ordinal = heard.getLong(2);
        connection.commit();
        return ordinal;
      }
    }
  }

  /** Books the sales and cancellations among the invoices, with their events, in one transaction. */
  void book(List<Invoice> invoices) throws SQLException {
    try (var connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try (var insert = connection.prepareStatement("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)")) {
        for (var invoice : invoices) {
          if (invoice.kind() != Invoice.Kind.SALE && invoice.kind() != Invoice.Kind.CANCELLATION)
            continue;
          insert.setString(1, invoice.number());
          insert.setString(2, invoice.kind().name());
          insert.setString(3, invoice.customerId().orElse(null));
          insert.setString(4, invoice.country());
          insert.setObject(5, invoice.time());
          insert.setBigDecimal(6, invoice.amount());
          insert.addBatch();
          outbox(invoice).append(connection, event(invoice));
        }
        insert.executeBatch();
      }
      hear(connection, invoices.getLast().ordinal() + 1);
      connection.commit();
    }
  }

  /** Before the second release the service wrote the first version of its events, and they are still in the log. */
  private Outbox outbox(Invoice invoice) {
    return invoice.time().isBefore(Shop.SECOND_RELEASE) ? firstRelease : secondRelease;
  }

  private static Event event(Invoice invoice) {
    var lines = invoice.lines().stream().map(SalesService::line).toList();
    var customer = invoice.customerId().orElse(null);
    return invoice.kind() == Invoice.Kind.SALE
        ? new OrderPlaced(invoice.number(), customer, invoice.country(), invoice.time(), lines, "GBP")
        : new OrderCancelled(invoice.number(), customer, invoice.country(), invoice.time(), lines);
  }

  private static OrderLine line(InvoiceLine line) {
    return new OrderLine(line.stockCode(), Math.abs(line.quantity()), line.unitPrice());
  }

  private static void hear(Connection connection, long nextOrdinal) throws SQLException {
    try (var update = connection.prepareStatement("UPDATE heard SET next_ordinal = ?")) {
      update.setLong(1, nextOrdinal);
      update.executeUpdate();
    }
  }

  /** The total of what was booked, for the final reckoning. */
  BigDecimal booked() throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var sum = statement.executeQuery("SELECT coalesce(sum(total), 0) FROM orders")) {
      sum.next();
      return sum.getBigDecimal(1);
    }
  }
}
