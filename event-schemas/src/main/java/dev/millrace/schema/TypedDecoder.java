package dev.millrace.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Decodes the events of some types, with a plan for each schema id that it has met. */
final class TypedDecoder implements EventCodec.Decoder {
  private static final Plan ANOTHER_TYPE = new Plan("", null, null);

  private final SchemaRegistry registry;
  private final @Nullable FieldUse use;
  private final Map<String, EventType<?>> types = new HashMap<>();
  private final Map<Integer, Plan> plans = new ConcurrentHashMap<>();

  /** That of the last event: nearly always that of the next one too. Whichever thread wrote it, it is right. */
  private volatile @Nullable Known last;

  private record Plan(String name, @Nullable EventType<?> type, @Nullable Read read) {}

  private record Known(int id, Plan plan) {}

  /** @param use whose events these are; nobody's in particular where it is null */
  TypedDecoder(SchemaRegistry registry, List<? extends EventType<?>> types, @Nullable FieldUse use) {
    this.registry = registry;
    this.use = use;
    types.forEach(type -> this.types.put(type.name(), type));
    types.forEach(type -> type.newest().getAliases().forEach(alias -> this.types.putIfAbsent(alias, type)));
  }

  @Override
  public Optional<Event> decode(byte[] payload) {
    int id = EventCodec.schemaId(payload);
    var known = last;
    if (known == null || known.id != id) {
      known = new Known(id, plan(id));
      last = known;
    }
    var plan = known.plan;
    if (plan.read == null || plan.type == null)
      return Optional.empty();
    var event = (Event) EventCodec.read(plan.read, payload, plan.name, id);
    FieldUse.enter(use);
    if (use != null)
      use.decoded(plan.type);
    return Optional.of(event);
  }

  private Plan plan(int id) {
    var plan = plans.get(id);
    if (plan == null) {
      plan = plan(registry.byId(id), id);
      plans.put(id, plan);
    }
    return plan;
  }

  private Plan plan(Schema writer, int id) {
    EventCodec.requireRecord(writer, id);
    var type = types.get(writer.getFullName());
    return type == null ? ANOTHER_TYPE : new Plan(type.name(), type, read(writer, type));
  }

  /** What is no version of the type was written by a service that is ahead: it is read as the newest. */
  private static Read read(Schema writer, EventType<?> type) {
    int version = type.versions().lastIndexOf(writer) + 1;
    if (version > 0 && type.former().isPresent()) {
      var former = type.former().get();
      if (version <= former.type().version()) {
        var read = read(writer, former.type());
        return in -> former.upcast(Objects.requireNonNull(read.read(in)));
      }
    }
    return ReadPlan.of(writer, type.newest(), Shapes.of(type));
  }
}
