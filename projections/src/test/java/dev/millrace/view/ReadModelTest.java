package dev.millrace.view;

import static dev.millrace.view.Query.Direction.ASC;
import static dev.millrace.view.Query.Direction.DESC;
import static dev.millrace.view.Query.Operator.EQ;
import static dev.millrace.view.Query.Operator.GE;
import static dev.millrace.view.Query.Operator.GT;
import static dev.millrace.view.Query.Operator.LT;
import static dev.millrace.view.Query.Operator.PREFIX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.dev.SharedServers;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReadModelTest {
  enum Kind {
    RETAIL, TRADE
  }

  record Sale(@Key LocalDate day, @Key String stockCode, long quantity, BigDecimal net, Kind kind,
      @Nullable String note, @Nullable Double weight, Instant at, List<String> tags) {}

  static final Projection<Sale> SALES = Projection.named("daily-sales")
      .of(Sale.class, (List<Object> key) -> sale((LocalDate) key.get(0), (String) key.get(1), new Random(1)))
      .on(Shop.on("test.orders").placed(), placed -> List.of(LocalDate.EPOCH, placed.order()),
          (row, placed) -> row)
      .build();
  static final List<Sale> ROWS = rows();
  static final DataSource DATABASE = SharedServers.createDatabase();

  private static Sale sale(LocalDate day, String stockCode, Random random) {
    return new Sale(day, stockCode, random.nextInt(5), new BigDecimal(random.nextInt(1_000)).movePointLeft(2),
        random.nextBoolean() ? Kind.RETAIL : Kind.TRADE,
        random.nextInt(3) == 0 ? null : "note " + random.nextInt(3),
        random.nextInt(3) == 0 ? null : random.nextInt(4) / 2.0,
        Instant.parse("2011-12-09T12:50:00.000001Z").plusSeconds(random.nextInt(100)), List.of("a", "b"));
  }

  private static List<Sale> rows() {
    var random = new Random(42);
    return IntStream.range(0, 300).mapToObj(
        i -> sale(LocalDate.of(2011, 12, 1 + i % 20), (i % 7 == 0 ? "C" : "8") + (5_000 + i) + "'\"%_\\",
            random))
        .toList();
  }

  @BeforeAll
  static void fill() {
    Transaction.run(DATABASE, "filling", connection -> {
      var opened = new Catalog(SALES).open(connection, OptionalInt.empty());
      var sorted = new TreeMap<RowKey, Sale>();
      for (var row : ROWS)
        sorted.put(SALES.mapping().keyOf(List.of(row.day(), row.stockCode())), row);
      return new RowTable<>(SALES.sqlTable(opened.generation()), SALES.mapping()).insert(connection, sorted);
    });
  }

  private final ReadModel<Sale> sales = ReadModel.of(SALES, DATABASE);

  private static List<Sale> all(ReadModel<Sale> sales, Query query) {
    var rows = new ArrayList<Sale>();
    var page = sales.query(query);
    rows.addAll(page.rows());
    while (page.next().isPresent()) {
      page = sales.query(query.after(page.next().get()));
      rows.addAll(page.rows());
    }
    return rows;
  }

  @Test
  void a_row_is_found_by_its_key_as_values_or_as_texts() {
    var row = ROWS.get(17);

    assertThat(sales.get(List.of(row.day(), row.stockCode()))).contains(row);
    assertThat(sales.getPlain(List.of(row.day().toString(), row.stockCode())).orElseThrow())
        .containsEntry("stockCode", row.stockCode()).containsEntry("day", row.day().toString())
        .containsEntry("net", row.net()).containsEntry("at", row.at().toString())
        .containsEntry("tags", List.of("a", "b"));
    assertThat(sales.get(List.of(row.day(), "none"))).isEmpty();
  }

  @Test
  void a_key_that_is_none_is_refused_and_the_message_says_what_one_is() {
    assertThatThrownBy(() -> sales.getPlain(List.of("yesterday", "85123A"))).hasMessageContaining("yesterday")
        .hasMessageContaining("a date such as 2011-12-09");
    assertThatThrownBy(() -> sales.getPlain(List.of("2011-12-09"))).hasMessageContaining("day, stockCode");
    assertThatThrownBy(() -> sales.get(7)).isInstanceOf(ViewException.class);
  }

  @Test
  void rows_that_were_written_are_read_equal() {
    assertThat(all(sales, Query.all().limit(1000))).containsExactlyInAnyOrderElementsOf(ROWS);
  }

  @Test
  void pages_of_any_size_and_order_hold_every_row_once() {
    var random = new Random(7);
    var columns = List.of("quantity", "net", "kind", "note", "weight", "at", "stockCode", "day");
    for (int round = 0; round < 15; round++) {
      var query = Query.all().limit(17 + random.nextInt(90));
      for (int i = random.nextInt(4); i > 0; i--) {
        var column = columns.get(random.nextInt(columns.size()));
        if (query.sorts().stream().noneMatch(sort -> sort.column().equals(column))) {
          query = query.sortedBy(column, random.nextBoolean() ? ASC : DESC);
        }
      }

      var rows = all(sales, query);

      assertThat(rows).as("%s", query).containsExactlyInAnyOrderElementsOf(ROWS);
      assertThat(rows).as("%s", query).containsExactlyElementsOf(all(sales, query.limit(1_000)));
    }
  }

  @Test
  void filters_hold_together() {
    var query = Query.all().where("quantity", GE, 2).where("stockCode", PREFIX, "C5")
        .where("kind", EQ, Kind.TRADE)
        .where("net", LT, "7.5").where("at", GT, "2011-12-09T12:50:10Z").sortedBy("net", DESC).limit(1_000);

    var expected = ROWS.stream().filter(row -> row.quantity() >= 2 && row.stockCode().startsWith("C5")
        && row.kind() == Kind.TRADE && row.net().compareTo(new BigDecimal("7.5")) < 0
        && row.at().isAfter(Instant.parse("2011-12-09T12:50:10Z"))).toList();
    assertThat(expected).isNotEmpty();
    assertThat(all(sales, query)).containsExactlyInAnyOrderElementsOf(expected)
        .isSortedAccordingTo((one, other) -> other.net().compareTo(one.net()));
  }

  @Test
  void a_value_is_never_a_part_of_the_statement() {
    for (var text : List.of("' OR 1=1 --", "%", "_", "\\", "'); DROP TABLE x; --", "${x}", "?")) {
      assertThat(sales.query(Query.all().where("stockCode", EQ, text)).rows()).isEmpty();
      assertThat(sales.query(Query.all().where("stockCode", PREFIX, text)).rows()).isEmpty();
      assertThatThrownBy(() -> sales.query(Query.all().where(text, EQ, "x")))
          .isInstanceOf(ViewException.class)
          .hasMessageContaining("stockCode");
      assertThatThrownBy(() -> sales.query(Query.all().sortedBy(text, ASC)))
          .isInstanceOf(ViewException.class);
    }
  }

  @Test
  void a_question_that_makes_no_sense_is_refused_with_what_would() {
    assertThatThrownBy(() -> sales.query(Query.all().where("quantity", EQ, "many")))
        .hasMessageContaining("'many'").hasMessageContaining("quantity")
        .hasMessageContaining("a whole number");
    assertThatThrownBy(() -> sales.query(Query.all().where("kind", EQ, "WHOLESALE")))
        .hasMessageContaining("kind");
    assertThatThrownBy(() -> sales.query(Query.all().where("quantity", PREFIX, "4")))
        .hasMessageContaining("prefix");
    assertThatThrownBy(() -> sales.query(Query.all().where("tags", EQ, "a"))).hasMessageContaining("tags");
    assertThatThrownBy(() -> sales.query(Query.all().where("stockCode", EQ, "a\0")))
        .hasMessageContaining("NUL");
    assertThatThrownBy(() -> Query.Operator.of("like")).hasMessageContaining("eq, lt, le, gt, ge, prefix");
    assertThatThrownBy(() -> Query.all().limit(0)).hasMessageContaining("1 to 1000");
    assertThatThrownBy(() -> Query.all().limit(1_001)).hasMessageContaining("1 to 1000");
  }

  @Test
  void a_page_cursor_that_was_changed_or_is_another_querys_is_refused() {
    var query = Query.all().sortedBy("net", DESC).limit(10);
    var cursor = sales.query(query).next().orElseThrow();
    var json = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    var changed = Base64.getUrlEncoder()
        .encodeToString(json.replace("2011", "2012").getBytes(StandardCharsets.UTF_8));

    for (var bad : List.of(changed, "", "x", cursor.substring(1), "{}", "bnVsbA")) {
      assertThatThrownBy(() -> sales.query(query.after(bad))).as(bad).isInstanceOf(ViewException.class)
          .extracting(e -> ((ViewException) e).code()).isEqualTo(ViewException.Code.INVALID_CURSOR);
    }
    assertThatThrownBy(() -> sales.query(query.where("quantity", GE, 1).after(cursor)))
        .hasMessageContaining("another query");
  }

  @Test
  void a_view_that_was_never_built_is_named() {
    var shop = Shop.on("test.orders");

    assertThatThrownBy(() -> ReadModel.of(shop.orderTrails(), DATABASE).get("1"))
        .hasMessageContaining("order-trails").extracting(e -> ((ViewException) e).code())
        .isEqualTo(ViewException.Code.UNKNOWN_VIEW);
  }

  @Test
  void plain_rows_have_the_names_of_the_record() {
    Map<String, @Nullable Object> row = sales.queryPlain(Query.all().limit(1)).rows().getFirst();

    assertThat(row.keySet()).containsExactlyElementsOf(SALES.columns());
    assertThat(Objects.requireNonNull(row.get("quantity"))).isInstanceOf(Long.class);
  }
}
