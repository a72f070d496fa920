package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.SchemaException.Code;
import dev.millrace.schema.SchemaRegistry.Registered;
import java.util.UUID;
import org.apache.avro.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every registry does. Each test has subjects of its own, so the server may have others and be shared. */
public abstract class SchemaRegistryContract {
  private final String subject = "contract.Paid-" + UUID.randomUUID();

  /** The registry that is tested; its client may be new at each call. */
  protected abstract SchemaRegistry registry();

  /** Whether the server says what of a schema is incompatible. */
  protected boolean tellsReasons() {
    return true;
  }

  private static Schema paid(String more) {
    return new Schema.Parser().parse(
        """
            {"type": "record", "name": "Paid", "namespace": "contract", "doc": "Grün.", "stream": "ledger", "key": "id",
             "owner": "ledger", "fields": [{"name": "id", "type": "string"}%s]}"""
            .formatted(more));
  }

  private static final Schema V1 = paid("");
  private static final Schema V2 = paid(", {\"name\": \"note\", \"type\": \"string\", \"default\": \"\"}");
  private static final Schema BREAKING = paid(", {\"name\": \"sum\", \"type\": \"long\"}");

  @Test
  void a_schema_that_is_registered_is_found_by_its_id() {
    int id = registry().register(subject, V1);

    var found = registry().byId(id);

    assertThat(found).isEqualTo(V1).hasToString(V1.toString());
    assertThat(found.getProp("stream")).isEqualTo("ledger");
  }

  @Test
  void registering_again_gives_the_same_id_and_no_new_version() {
    int id = registry().register(subject, V1);

    assertThat(registry().register(subject, V1)).isEqualTo(id);
    assertThat(registry().versions(subject)).containsExactly(1);
  }

  @Test
  void one_schema_has_one_id_under_all_subjects() {
    assertThat(registry().register(subject + "-2", V1)).isEqualTo(registry().register(subject, V1));
    assertThat(registry().subjects()).contains(subject, subject + "-2").isSorted();
  }

  @Test
  void versions_count_from_one() {
    int first = registry().register(subject, V1);
    int second = registry().register(subject, V2);

    assertThat(second).isNotEqualTo(first);
    assertThat(registry().versions(subject)).containsExactly(1, 2);
    assertThat(registry().version(subject, 1)).contains(new Registered(subject, 1, first, V1));
    assertThat(registry().version(subject, 2)).contains(new Registered(subject, 2, second, V2));
    assertThat(registry().version(subject, 3)).isEmpty();
  }

  @Test
  void looking_up_registers_nothing() {
    assertThat(registry().lookup(subject, V1)).isEmpty();
    assertThat(registry().versions(subject)).isEmpty();
    assertThat(registry().version(subject, 1)).isEmpty();
    int id = registry().register(subject, V1);

    assertThat(registry().lookup(subject, V1)).contains(new Registered(subject, 1, id, V1));
    assertThat(registry().lookup(subject, V2)).isEmpty();
  }

  @Test
  void an_id_that_nobody_has_is_unknown() {
    assertFails(Code.UNKNOWN_SCHEMA, () -> registry().byId(2_000_000_000));
  }

  @Test
  void a_breaking_schema_is_refused_with_the_reasons() {
    registry().register(subject, V1);

    assertThat(registry().incompatibilities(subject, V2)).isEmpty();
    var reasons = registry().incompatibilities(subject, BREAKING);
    assertThat(reasons).isNotEmpty();
    if (tellsReasons())
      assertThat(reasons.getFirst()).contains("sum");
    assertFails(Code.INCOMPATIBLE, () -> registry().register(subject, BREAKING));
    assertThat(registry().versions(subject)).containsExactly(1);
  }

  @Test
  void a_subject_that_is_new_takes_any_schema() {
    assertThat(registry().incompatibilities(subject, BREAKING)).isEmpty();
  }

  @Test
  void a_rule_of_its_own_decides_for_a_subject() {
    assertThat(registry().compatibilityLevel(subject)).isEqualTo("BACKWARD");
    registry().register(subject, V1);

    registry().setCompatibilityLevel(subject, "NONE");

    assertThat(registry().compatibilityLevel(subject)).isEqualTo("NONE");
    assertThat(registry().incompatibilities(subject, BREAKING)).isEmpty();
    registry().register(subject, BREAKING);
    assertThat(registry().versions(subject)).containsExactly(1, 2);
  }

  @Test
  void a_transitive_rule_looks_at_every_version() {
    var gone = paid("");
    var added = paid(", {\"name\": \"x\", \"type\": \"long\", \"default\": 0}");
    var changed = paid(", {\"name\": \"x\", \"type\": \"string\", \"default\": \"\"}");
    registry().register(subject, added);
    registry().register(subject, gone);

    assertThat(registry().incompatibilities(subject, changed)).isEmpty();
    registry().setCompatibilityLevel(subject, "BACKWARD_TRANSITIVE");

    assertFails(Code.INCOMPATIBLE, () -> registry().register(subject, changed));
  }

  @Test
  void a_rule_that_does_not_exist_is_refused() {
    assertFails(Code.REFUSED, () -> registry().setCompatibilityLevel(subject, "SIDEWAYS"));
  }

  @Test
  void a_subject_may_have_any_name() {
    var odd = subject + "/ä +%?#";

    int id = registry().register(odd, V1);

    assertThat(registry().lookup(odd, V1)).contains(new Registered(odd, 1, id, V1));
    assertThat(registry().subjects()).contains(odd);
  }

  private static void assertFails(Code code, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOfSatisfying(SchemaException.class,
        e -> assertThat(e.code()).isEqualTo(code));
  }
}
