package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import test.ledger.AccountCredited;
import test.ledger.Kind;
import test.ledger.Money;

class UpcasterTest {
  private final SchemaRegistry registry = SchemaRegistry.inMemory();
  private final EventCodec codec = EventCodec.of(registry);

  @Test
  void an_event_of_any_former_major_version_is_read_as_the_newest() {
    var first = new test.ledger.accountcredited.v2.AccountCredited("a", 1999,
        test.ledger.accountcredited.v2.Kind.CARD);
    var firstOfAll = test.ledger.accountcredited.v2.AccountCredited.TYPE.at(1);
    var second = new test.ledger.accountcredited.v4.AccountCredited("b", new BigDecimal("5.00"),
        test.ledger.accountcredited.v4.Kind.WIRE, "rent");
    var third = new AccountCredited("c", new Money(new BigDecimal("7.00"), "CHF"), Kind.CASH, null);

    assertThat(read(codec.encode(first))).isEqualTo(credited("a", "19.99", Kind.CARD, null));
    assertThat(read(codec.encode(firstOfAll, first))).isEqualTo(credited("a", "19.99", Kind.CASH, null));
    assertThat(read(codec.encode(second))).isEqualTo(credited("b", "5.00", Kind.WIRE, "rent"));
    assertThat(read(codec.encode(third))).isEqualTo(third);
  }

  @Test
  void each_major_version_has_a_subject_of_its_own_as_no_registry_lets_it_follow() {
    codec.encode(
        new test.ledger.accountcredited.v2.AccountCredited("a", 1, test.ledger.accountcredited.v2.Kind.CARD));
    codec.encode(credited("c", "7.00", Kind.CASH, null));

    assertThat(registry.subjects()).containsExactly("test.ledger.AccountCredited",
        "test.ledger.AccountCredited-3");
    assertThat(registry.versions("test.ledger.AccountCredited")).containsExactly(1, 2);
  }

  @Test
  void what_an_upcaster_throws_is_the_events_fault_and_names_both() {
    var payload = codec.encode(
        new test.ledger.accountcredited.v2.AccountCredited("a", -1,
            test.ledger.accountcredited.v2.Kind.CARD));

    assertThatThrownBy(() -> read(payload)).isInstanceOfSatisfying(SchemaException.class,
        e -> assertThat(e.code()).isEqualTo(SchemaException.Code.UNREADABLE))
        .hasMessageContainingAll("AmountFromCents", "test.ledger.AccountCredited v2", "a credit of -1");
  }

  @Test
  @SuppressWarnings("NullAway") // what an upcaster must not do
  void an_upcaster_that_makes_nothing_is_the_events_fault_too() {
    var former = test.ledger.accountcredited.v2.AccountCredited.TYPE;
    var texts = AccountCredited.TYPE.versions().subList(0, 3).stream().map(Object::toString).toList();
    var shape = test.ledger.accountcredited.v4.AccountCredited.SHAPE;
    var type = EventType.of(
        Shape.of(shape.type(), List.of("account", "amount", "kind"), shape.get(), shape.make()),
        texts, former, event -> null);
    var payload = codec.encode(
        new test.ledger.accountcredited.v2.AccountCredited("a", 1, test.ledger.accountcredited.v2.Kind.CARD));

    assertThatThrownBy(() -> codec.decoder(List.of(type)).decode(payload)).isInstanceOf(SchemaException.class)
        .hasMessageContaining("makes nothing of an event of test.ledger.AccountCredited v2");
  }

  @Test
  void nothing_writes_an_event_under_a_former_major_version() {
    assertThatThrownBy(() -> AccountCredited.TYPE.at(4)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("versions 5 to 5");
  }

  @Test
  void a_type_whose_upcaster_is_not_from_the_version_before_is_refused() {
    var texts = AccountCredited.TYPE.versions().stream().map(Object::toString).toList();

    assertThatThrownBy(() -> EventType.of(AccountCredited.SHAPE, texts)).isInstanceOf(SchemaException.class)
        .hasMessageContaining("v5, but has the upcaster from v0");
  }

  @Test
  void the_number_of_a_version_says_what_it_means() {
    assertThat(EventVersion.of(AccountCredited.TYPE.versions(), Level.BACKWARD)).hasToString(
        "[1.0.0, 1.1.0, 2.0.0, 2.1.0, 3.0.0]");
    assertThat(EventVersion.of(List.of(SchemaChange.event("{\"name\": \"n\", \"type\": \"int\"}"),
        SchemaChange.event("{\"name\": \"n\", \"type\": \"int\", \"doc\": \"how many\"}"),
        SchemaChange.event("{\"name\": \"n\", \"type\": \"string\"}")), Level.FULL_TRANSITIVE))
        .hasToString("[1.0.0, 1.0.1, 2.0.0]");
  }

  private Event read(byte[] payload) {
    return codec.decoder(List.of(AccountCredited.TYPE)).decode(payload).orElseThrow();
  }

  private static AccountCredited credited(String account, String amount, Kind kind,
      @org.jspecify.annotations.Nullable String note) {
    return new AccountCredited(account, new Money(new BigDecimal(amount), "EUR"), kind, note);
  }
}
