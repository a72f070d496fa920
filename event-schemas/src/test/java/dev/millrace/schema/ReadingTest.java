package dev.millrace.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.test.Randomized;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The check and the codec may never disagree. Pairs of schemas are made at random, with events of them at random, which
 * Avro encodes: where the check finds nothing, each is read with every value that was written; and what the check finds
 * is shown by its witness.
 */
class ReadingTest {
  private static final int PAIRS = Randomized.rounds(20_000, 200_000);
  private static final int EVENTS = 3;

  @Test
  void the_check_and_the_codec_agree_on_pairs_at_random() {
    var judged = new ConcurrentHashMap<Severity, Integer>();
    IntStream.range(0, PAIRS).parallel().forEach(pair -> {
      long seed = Randomized.seed() + pair;
      try {
        judged.merge(agree(new Random(seed)), 1, Integer::sum);
      } catch (AssertionError | RuntimeException | IOException e) {
        throw new AssertionError(Randomized.repeat(seed), e);
      }
    });

    assertThat(judged.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(PAIRS);
    if (PAIRS >= 1_000) {
      assertThat(judged.get(Severity.SAFE)).as("safe").isGreaterThan(PAIRS / 20);
      assertThat(judged.get(Severity.DAMAGING)).as("damaging").isGreaterThan(PAIRS / 100);
      assertThat(judged.get(Severity.BREAKING)).as("breaking").isGreaterThan(PAIRS / 20);
    }
  }

  private static Severity agree(Random random) throws IOException {
    var schemas = new RandomSchemas(random);
    var older = schemas.event();
    var one = RandomSchemas.parse(older);
    var other = RandomSchemas
        .parse(random.nextInt(4) > 0 ? schemas.following(older) : schemas.changed(older));
    boolean forward = random.nextBoolean();
    var findings = Reading.of(one, other, forward ? Hurt.OLD_READERS : Hurt.NEW_READERS);
    var writer = forward ? other : one;
    var reader = forward ? one : other;
    return agree(writer, reader, findings, random);
  }

  private static Severity agree(Schema writer, Schema reader, List<Finding> findings, Random random)
      throws IOException {
    for (var finding : findings)
      witnessed(finding);
    if (findings.isEmpty()) {
      for (int i = 0; i < EVENTS; i++)
        assertReadAsWritten(writer, reader, new RandomValues(random).record(writer, 4));
    }
    return findings.stream().map(Finding::severity).max(Severity::compareTo).orElse(Severity.SAFE);
  }

  /** An event with several damages may not be read at all: its witness is an event that is not read then. */
  private static void witnessed(Finding finding) {
    var damage = finding.damage().orElseThrow();
    assertThat(damage.witness()).as(finding.toString()).hasValueSatisfying(witness -> {
      assertThat(witness.before()).as(finding.toString()).startsWith("{");
      assertThat(witness.after()).as(finding.toString()).isNotEqualTo(witness.before());
      if (finding.severity() == Severity.BREAKING)
        assertThat(witness.after()).as(finding.toString()).startsWith("not read: ");
    });
  }

  private static void assertReadAsWritten(Schema writer, Schema reader, Anything event) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<@Nullable Object>(writer, RandomValues.avro())
        .write(RandomValues.toAvro(writer, event), encoder);
    encoder.flush();
    var written = ReadPlan.of(writer, writer, Shapes.NONE).read(new AvroInput(bytes.toByteArray(), 0));
    Object read;
    try {
      read = ReadPlan.of(writer, reader, Shapes.NONE).read(new AvroInput(bytes.toByteArray(), 0));
    } catch (PathException e) {
      throw new AssertionError(
          "called safe, and " + e.at("an event").getMessage() + "\n" + writer + "\n" + reader,
          e);
    }
    assertThat(differs(writer, reader, written, read)).as("%s\n%s\n%s\n%s", writer, reader, written, read)
        .isFalse();
  }

  /** Looks at the values alone, by a way that has nothing of the check's. */
  private static boolean differs(Schema writer, Schema reader, @Nullable Object written,
      @Nullable Object read) {
    if (written instanceof Map<?, ?> was && read instanceof Map<?, ?> is) {
      var record = branch(reader, Schema.Type.RECORD, is);
      if (record != null)
        return fieldsDiffer(branch(writer, Schema.Type.RECORD, was), record, was, is);
      return !was.keySet().equals(is.keySet()) || was.entrySet().stream()
          .anyMatch(entry -> differs(item(writer), item(reader), entry.getValue(), is.get(entry.getKey())));
    }
    if (written instanceof List<?> was && read instanceof List<?> is) {
      return was.size() != is.size() || IntStream.range(0, was.size())
          .anyMatch(i -> differs(item(writer), item(reader), was.get(i), is.get(i)));
    }
    // Where one side alone has a logical type the two cannot be compared by their values.
    return isLogical(written) == isLogical(read) && !SameValue.of(written, read);
  }

  private static boolean isLogical(@Nullable Object value) {
    return value instanceof Temporal || value instanceof UUID || value instanceof BigDecimal;
  }

  private static boolean fieldsDiffer(@Nullable Schema writer, Schema reader, Map<?, ?> was, Map<?, ?> is) {
    for (var field : reader.getFields()) {
      var names = new ArrayList<>(List.of(field.name()));
      names.addAll(field.aliases());
      for (var name : names) {
        var source = writer == null ? null : writer.getField(name);
        if (source != null && differs(source.schema(), field.schema(), was.get(name), is.get(field.name())))
          return true;
      }
    }
    return false;
  }

  private static @Nullable Schema branch(Schema schema, Schema.Type type, Map<?, ?> value) {
    if (schema.getType() == type)
      return schema;
    return schema.getType() == Schema.Type.UNION
        ? schema.getTypes().stream().filter(branch -> branch.getType() == type)
            .filter(branch -> branch.getFields().stream().map(Schema.Field::name).toList()
                .equals(new ArrayList<>(value.keySet())))
            .findFirst().orElse(null)
        : null;
  }

  private static Schema item(Schema schema) {
    return switch (schema.getType()) {
      case ARRAY -> schema.getElementType();
      case MAP -> schema.getValueType();
      case UNION -> schema.getTypes().stream()
          .filter(branch -> branch.getType() == Schema.Type.ARRAY || branch.getType() == Schema.Type.MAP)
          .map(ReadingTest::item).findFirst().orElse(schema);
      default -> schema;
    };
  }

  /** Pairs on which the two disagreed once, or on which others do. */
  static List<JsonNode> disagreements() throws IOException {
    var cases = new ArrayList<JsonNode>();
    try (var in = ReadingTest.class.getResourceAsStream("disagreements.json")) {
      new ObjectMapper().readTree(in).forEach(cases::add);
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("disagreements")
  void what_was_once_judged_wrongly_is_judged_rightly(JsonNode named) {
    var older = RandomSchemas.parse(named.get("older"));
    var newer = RandomSchemas.parse(named.get("newer"));

    var worst = Reading.of(older, newer, Hurt.NEW_READERS).stream().map(Finding::severity)
        .max(Severity::compareTo)
        .orElse(Severity.SAFE);

    assertThat(worst).as(named.get("name").asText()).hasToString(named.get("verdict").asText());
  }
}
