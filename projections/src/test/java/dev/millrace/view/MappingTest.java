package dev.millrace.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MappingTest {
  enum Size {
    SMALL, LARGE
  }

  record Part(String name, Optional<Integer> count) {}

  record Everything(@Key String stockCode, @Key LocalDate day, long total, int count, boolean open,
      double weight,
      BigDecimal netGBP, Instant at, Size size, Optional<String> note, @Nullable Long seen, List<Part> parts,
      Map<String, BigDecimal> prices, Part main, Optional<Instant> closedAt) {}

  static final Everything ROW = new Everything("85123A", LocalDate.of(2011, 12, 9), Long.MAX_VALUE, -1, true,
      0.1,
      new BigDecimal("12.340"), Instant.parse("2011-12-09T12:50:00.123456Z"), Size.LARGE,
      Optional.of("naïve \u20ac 🎉"),
      null, List.of(new Part("lid", Optional.of(2)), new Part("pot", Optional.empty())),
      Map.of("GBP", new BigDecimal("1.10")), new Part("\\u0000", Optional.empty()), Optional.empty());

  private static Mapping<Everything> mapping() {
    return Objects.requireNonNull(Mapping.of(Everything.class, new ArrayList<>()));
  }

  @Test
  void a_record_becomes_columns_in_the_order_of_its_components() {
    assertThat(mapping().columns()).extracting(Column::ddl).containsExactly(
        "\"stock_code\" text COLLATE \"C\" NOT NULL", "\"day\" date NOT NULL", "\"total\" bigint NOT NULL",
        "\"count\" integer NOT NULL", "\"open\" boolean NOT NULL", "\"weight\" double precision NOT NULL",
        "\"net_gbp\" numeric NOT NULL", "\"at\" timestamptz NOT NULL", "\"size\" text COLLATE \"C\" NOT NULL",
        "\"note\" text COLLATE \"C\"", "\"seen\" bigint", "\"parts\" jsonb NOT NULL",
        "\"prices\" jsonb NOT NULL",
        "\"main\" jsonb NOT NULL", "\"closed_at\" timestamptz");
    assertThat(mapping().keys()).extracting(Column::field).containsExactly("stockCode", "day");
  }

  @Test
  void a_row_comes_back_from_what_is_stored_of_it() {
    assertThat(mapping().row(mapping().stored(ROW))).isEqualTo(ROW);
  }

  @Test
  void a_key_of_several_parts_is_a_record_or_a_list_of_them() {
    record Where(String stockCode, LocalDate day) {}

    var key = mapping().keyOf(new Where("85123A", LocalDate.of(2011, 12, 9)));

    assertThat(key).isEqualTo(mapping().keyOf(List.of("85123A", LocalDate.of(2011, 12, 9))));
    assertThat(mapping().canonical(ROW, key, null)).isEqualTo(ROW);
    assertThatThrownBy(
        () -> mapping().canonical(ROW, mapping().keyOf(new Where("85123B", LocalDate.of(2011, 12, 9))), null))
        .hasMessageContaining("another key");
    assertThatThrownBy(() -> mapping().keyOf("85123A")).hasMessageContaining("stockCode, day");
    assertThatThrownBy(() -> mapping().keyOf(List.of("85123A", "2011-12-09"))).hasMessageContaining("day")
        .hasMessageContaining("a date such as");
  }

  record Wrong(String name, File file, List<Object> things, @Key @Nullable String key, @Key BigDecimal amount,
      float ratio, String stockCode, String stock_code) {}

  @Test
  void all_that_is_wrong_with_a_row_is_said_at_once_with_what_is_allowed() {
    var problems = new ArrayList<String>();

    assertThat(Mapping.of(Wrong.class, problems)).isNull();

    assertThat(problems)
        .anyMatch(problem -> problem.startsWith("Wrong.file is a java.io.File; allowed are String"))
        .anyMatch(problem -> problem.startsWith("Wrong.things is a java.util.List<java.lang.Object>"))
        .anyMatch(problem -> problem.startsWith("Wrong.key is a key and may be null"))
        .anyMatch(problem -> problem.startsWith("Wrong.amount is a java.math.BigDecimal; a key is"))
        .anyMatch(problem -> problem.startsWith("Wrong.ratio is a float"))
        .anyMatch(problem -> problem.startsWith("Wrong.stock_code becomes the column stock_code"));
  }

  record Event(@Key String id, Instant at, BigDecimal amount, @Nullable Part part) {}

  private static Event event(String id, Part part) {
    return new Event(id, Instant.EPOCH, BigDecimal.ONE, part);
  }

  private static Event canonical(Event row) {
    var mapping = Objects.requireNonNull(Mapping.of(Event.class, new ArrayList<>()));
    return mapping.canonical(row, mapping.keyOf(row.id()), null);
  }

  @Test
  void what_the_database_rounds_is_rounded_before_the_next_fold_sees_it() {
    var row = new Event("a", Instant.parse("2011-12-09T12:50:00.123456789Z"), new BigDecimal("1E+3"), null);

    assertThat(canonical(row)).isEqualTo(
        new Event("a", Instant.parse("2011-12-09T12:50:00.123456Z"), new BigDecimal("1000"), null));
  }

  @Test
  void what_the_database_cannot_hold_is_refused_with_its_column() {
    assertThat(canonical(event("🎉", new Part("\\\\u0000", Optional.empty())))).isNotNull();
    assertThatThrownBy(() -> canonical(event("a\0b", new Part("", Optional.empty()))))
        .hasMessageContaining("Event.id").hasMessageContaining("NUL");
    assertThatThrownBy(() -> canonical(event("a\ud83cb", new Part("", Optional.empty()))))
        .hasMessageContaining("Event.id").hasMessageContaining("surrogate");
    assertThatThrownBy(() -> canonical(event("a", new Part("\0", Optional.empty()))))
        .hasMessageContaining("Event.part").hasMessageContaining("NUL");
    assertThatThrownBy(
        () -> canonical(event("a".repeat(5_000), new Part("", Optional.empty()))))
        .hasMessageContaining("Event.id").hasMessageContaining("800");
    assertThatThrownBy(() -> canonical(new Event("a", Instant.MAX, BigDecimal.ONE, null)))
        .hasMessageContaining("Event.at");
  }

  @Test
  void text_that_cannot_be_stored_is_replaced_where_it_is_only_shown() {
    assertThat(Text.storable("a\0b\ud83c🎉")).isEqualTo("a\u2400b\ufffd🎉");
    assertThat(Text.refused(Text.storable("\0\udc00"))).isNull();
  }
}
