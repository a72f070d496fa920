package dev.millrace.example.retail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.dev.DevRegistry;
import dev.millrace.dev.SharedServers;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.log.kafka.KafkaLog;
import dev.millrace.log.kafka.KafkaLogConfig;
import dev.millrace.publish.Publisher;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import dev.millrace.schema.EventVersion;
import dev.millrace.schema.Level;
import dev.millrace.schema.SchemaRegistry;
import dev.millrace.view.Key;
import dev.millrace.view.Projection;
import dev.millrace.view.ReadModel;
import dev.millrace.view.Rebuild;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import shop.archive.Amount;
import shop.archive.SaleArchived;

/**
 * The real shop's sales, archived by three releases of a service: a third under the first version, a third under the second,
 * which is a minor change, and the last under the third, which is a major one with an upcaster. A view is built from all.
 */
class ShopEvolutionTest {
  private static final Path REAL = Path.of(System.getProperty("retail.data", "none"));
  private static final int SCALE = 3;

  record Archive(@Key String currency, long sales, BigDecimal total) {
    static final Projection<Archive> VIEW = Projection.named("archive")
        .of(Archive.class, (String currency) -> new Archive(currency, 0, BigDecimal.ZERO))
        .on(SaleArchived.TYPE, sale -> sale.amount().currency(), Archive::plus).build();

    Archive plus(SaleArchived sale) {
      return new Archive(currency, sales + 1,
          total.add(BigDecimal.valueOf(sale.amount().thousandths(), SCALE)));
    }
  }

  @Tag("acceptance")
  @Test
  void a_history_of_three_versions_is_replayed_to_the_same_total() throws Exception {
    assumeTrue(Files.exists(REAL), "there is no file " + REAL);
    var sales = sales();
    var old = shop.archive.salearchived.v2.SaleArchived.TYPE;
    var database = SharedServers.createDatabase();
    try (var registry = DevRegistry.start(SharedServers.createDatabase());
        var log = KafkaLog.at(KafkaLogConfig.of(SharedServers.kafka().bootstrapServers()))) {
      log.create(StreamName.of(SaleArchived.TYPE.stream()), 4);
      var codec = EventCodec.of(SchemaRegistry.at(registry.uri()));
      int third = sales.size() / 3;
      publish(log, codec, old.at(1), sales.subList(0, third), ShopEvolutionTest::asBefore);
      publish(log, codec, old, sales.subList(third, 2 * third), ShopEvolutionTest::asBefore);
      publish(log, codec, SaleArchived.TYPE, sales.subList(2 * third, sales.size()),
          ShopEvolutionTest::asNow);

      try (var rebuild = Rebuild.of(Archive.VIEW).log(log).codec(codec).database(database).start()) {
        rebuild.awaitCaughtUp(Duration.ofMinutes(3));
        rebuild.promote();
      }

      var row = ReadModel.of(Archive.VIEW, database).get("GBP").orElseThrow();
      assertThat(row.sales()).isEqualTo(20_725);
      assertThat(row.total()).isEqualByComparingTo("10655622.484");
    }
  }

  @Test
  void the_versions_are_a_first_a_minor_and_a_major_one() {
    assertThat(EventVersion.of(SaleArchived.TYPE.versions(), Level.FULL_TRANSITIVE))
        .hasToString("[1.0.0, 1.1.0, 2.0.0]");
  }

  private static Event asBefore(Invoice sale) {
    return new shop.archive.salearchived.v2.SaleArchived(sale.number(), sale.country(), sale.amount(), "GBP");
  }

  private static Event asNow(Invoice sale) {
    return new SaleArchived(sale.number(), sale.country(),
        new Amount(sale.amount().setScale(SCALE).unscaledValue().longValueExact(), "GBP"));
  }

  private static void publish(EventLog log, EventCodec codec, EventType<?> type, List<Invoice> sales,
      Function<Invoice, Event> event) {
    try (var publisher = Publisher.builder(log.writer(), codec).source("/archive").writing(type).build()) {
      sales.stream().map(sale -> publisher.publish(event.apply(sale))).toList()
          .forEach(CompletableFuture::join);
    }
  }

  private static List<Invoice> sales() throws IOException {
    var sales = new ArrayList<Invoice>();
    try (var invoices = new InvoiceReader(Input.of(Optional.of(REAL)).open(), row -> {})) {
      for (var invoice = invoices.next(); invoice != null; invoice = invoices.next()) {
        if (invoice.kind() == Invoice.Kind.SALE)
          sales.add(invoice);
      }
    }
    return sales;
  }
}
