package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.INVALID_PROJECTION;
import static dev.millrace.view.ViewException.Code.UNKNOWN_VIEW;

import dev.millrace.log.StreamName;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A view and how events change it: a name, a record that is its row, and pure functions that fold an event into the row
 * of a key. Immutable and safe to share.
 *
 * <p>The functions are called on any thread, more than once for one event where a transaction is repeated, and in no fixed
 * order between events of different stream keys; so they must be pure, and where a view's key is not the stream's key the
 * result must not depend on that order. An event whose function throws is parked together with those that follow it under
 * its stream key; it changes nothing.
 *
 * {@snippet :
 * Projection<CountryRevenue> countryRevenue = Projection.named("country-revenue")
 *     .of(CountryRevenue.class, (String country) -> new CountryRevenue(country, 0, BigDecimal.ZERO))
 *     .on(OrderPlaced.TYPE, OrderPlaced::country, (row, placed) -> row.plus(placed.total()))
 *     .on(OrderCancelled.TYPE, OrderCancelled::country, (row, cancelled) -> row.minus(cancelled.total()))
 *     .build();
 * }
 *
 * @param <R> the row
 */
public final class Projection<R extends Record> {
  /** Folds one element of an event into a row. */
  @FunctionalInterface
  public interface ElementFold<R, E, T> {
    R apply(R row, E event, T element);
  }

  /** What an event of a type does: which rows it changes, and how. */
  @FunctionalInterface
  interface Handler<R extends Record> {
    List<Change<R>> changes(Event event);
  }

  /** The generation under which the database has how far a view's effects are: one that has no table, and is never live. */
  static final int EFFECTS = 0;

  private final String name;
  private final String schema;
  private final int version;
  private final Set<String> changedFields;
  private final boolean changesRows;
  private final Mapping<R> mapping;
  private final Function<Object, R> fresh;
  private final List<EventType<?>> types;
  private final Map<Class<?>, List<Handler<R>>> handlers;
  private final Map<Class<?>, List<SqlHandler<Event>>> sqlHandlers;
  private final List<EventType<?>> effectTypes;
  private final Map<Class<?>, List<Effect<Event>>> effects;

  private Projection(Builder<?, R> builder, Mapping<R> mapping, Function<Object, R> fresh) {
    this.name = builder.name;
    this.schema = builder.schema;
    this.version = builder.version;
    this.changedFields = Set.copyOf(builder.changedFields);
    this.changesRows = builder.changesRows;
    this.mapping = mapping;
    this.fresh = fresh;
    this.types = List.copyOf(builder.types.values());
    this.handlers = Map.copyOf(builder.handlers);
    this.sqlHandlers = Map.copyOf(builder.sqlHandlers);
    this.effectTypes = List.copyOf(builder.effectTypes.values());
    this.effects = Map.copyOf(builder.effects);
  }

  /** The same view, of which the effects alone are to be kept. */
  private Projection(Projection<R> all) {
    this.name = all.name;
    this.schema = all.schema;
    this.version = all.version;
    this.changedFields = all.changedFields;
    this.changesRows = all.changesRows;
    this.mapping = all.mapping;
    this.fresh = all.fresh;
    this.types = all.effectTypes;
    this.handlers = Map.of();
    this.sqlHandlers = Map.of();
    this.effectTypes = all.effectTypes;
    this.effects = all.effects;
  }

  /**
   * Starts a projection.
   *
   * @param name the view's name: lower-case words joined by hyphens, at most 50 characters, such as {@code
   *     country-revenue}; its table takes underscores for hyphens
   */
  public static Named named(String name) {
    return new Named(name);
  }

  /** A projection that has a name, and wants its row. */
  public static final class Named {
    private final String name;

    private Named(String name) {
      this.name = name;
    }

    /**
     * The row. Its components marked {@link Key} are its key; each component is a column.
     *
     * @param fresh makes the row of a key that has none yet, to fold the first event into
     * @param <K> what the key functions answer: the type of the component marked {@link Key}, or, where several are, a
     *     record of as many components in their order
     */
    public <K, R extends Record> Builder<K, R> of(Class<R> row, Function<K, R> fresh) {
      return new Builder<>(name, row, fresh);
    }
  }

  /** Takes what events do. Not safe for use by many threads. */
  public static final class Builder<K, R extends Record> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern GENERATION = Pattern.compile("-g[0-9]+$"); // would be another view's table

    private final String name;
    private final Class<R> row;
    private final Function<K, R> fresh;
    private final Map<String, EventType<?>> types = new LinkedHashMap<>();
    private final Map<Class<?>, List<Handler<R>>> handlers = new LinkedHashMap<>();
    private final Map<Class<?>, List<SqlHandler<Event>>> sqlHandlers = new LinkedHashMap<>();
    private final Map<String, EventType<?>> effectTypes = new LinkedHashMap<>();
    private final Map<Class<?>, List<Effect<Event>>> effects = new LinkedHashMap<>();
    private String schema = "views";
    private int version = 1;
    private final Set<String> changedFields = new TreeSet<>();
    private boolean changesRows;

    private Builder(String name, Class<R> row, Function<K, R> fresh) {
      this.name = name;
      this.row = row;
      this.fresh = fresh;
    }

    /** An event of this type is folded into the row of one key. */
    public <E extends Event> Builder<K, R> on(EventType<E> type, Function<? super E, ? extends K> key,
        BiFunction<? super R, ? super E, ? extends R> fold) {
      return handle(type,
          event -> List.of(new Change.Fold<>(key.apply(event), row -> fold.apply(row, event))));
    }

    /** Each element of an event of this type, in order, is folded into the row of the element's key; all or none of them. */
    public <E extends Event, T> Builder<K, R> onEach(EventType<E> type,
        Function<? super E, ? extends Collection<? extends T>> elements, Function<? super T, ? extends K> key,
        ElementFold<R, ? super E, ? super T> fold) {
      return onEach(type, elements, (event, element) -> key.apply(element), fold);
    }

    /** Like the other, with a key made of the event and the element. */
    public <E extends Event, T> Builder<K, R> onEach(EventType<E> type,
        Function<? super E, ? extends Collection<? extends T>> elements,
        BiFunction<? super E, ? super T, ? extends K> key, ElementFold<R, ? super E, ? super T> fold) {
      return handle(type, event -> {
        var changes = new ArrayList<Change<R>>();
        for (T element : elements.apply(event)) {
          UnaryOperator<R> step = row -> fold.apply(row, event, element);
          changes.add(new Change.Fold<>(key.apply(event, element), step));
        }
        return changes;
      });
    }

    /** An event of this type takes the row of a key away. */
    public <E extends Event> Builder<K, R> removedBy(EventType<E> type,
        Function<? super E, ? extends K> key) {
      return handle(type, event -> List.of(new Change.Remove<>(key.apply(event))));
    }

    /**
     * An event of this type changes rows by SQL of its own, after what it is folded into. All events of the view are taken one
     * after the other then, by a rebuild as well.
     */
    public <E extends Event> Builder<K, R> sql(EventType<E> type, SqlHandler<? super E> handler) {
      types.putIfAbsent(type.name(), type);
      var eventClass = type.javaClass();
      sqlHandlers.computeIfAbsent(eventClass, none -> new ArrayList<>()).add((event, record, table,
          connection) -> handler.on(eventClass.cast(event), record, table, connection));
      return this;
    }

    /**
     * Each event of this type, from the first time that the view's effects are kept, is to have this effect, once. The effects
     * of a view are read on their own, at their own speed, with checkpoints and parked records of their own: no rebuild repeats
     * them, and no promotion or rollback moves them. The event need not change the view. A {@link Keeper} keeps them together
     * with the view, and so does the runtime; where a {@link Runner} keeps the view, another does, of {@link Runner#effectsOf}.
     */
    public <E extends Event> Builder<K, R> effect(EventType<E> type, Effect<? super E> effect) {
      effectTypes.putIfAbsent(type.name(), type);
      var eventClass = type.javaClass();
      effects.computeIfAbsent(eventClass, none -> new ArrayList<>())
          .add((event, record, connection) -> effect.on(eventClass.cast(event), record, connection));
      return this;
    }

    /** The schema of the database that holds the view and its tables; {@code views} where nothing is said. */
    public Builder<K, R> inSchema(String schema) {
      this.schema = schema;
      return this;
    }

    /**
     * The version of the functions, 1 where nothing is said. Raise it when a function changes what it answers: the view
     * then asks for a rebuild, as it does by itself when the row changes.
     */
    public Builder<K, R> version(int version) {
      this.version = version;
      return this;
    }

    /**
     * The components that come out otherwise than in the version before: a comparison of a rebuilt view with the live one takes
     * differences in them for expected, and all others for mistakes, which keep it from being promoted. Columns that are new,
     * gone or of another type need not be named.
     */
    public Builder<K, R> changes(String... fields) {
      changedFields.addAll(Arrays.asList(fields));
      return this;
    }

    /** Rows are there that were not in the version before, or the other way about, as {@link #changes} has it of components. */
    public Builder<K, R> changesRows() {
      changesRows = true;
      return this;
    }

    private <E extends Event> Builder<K, R> handle(EventType<E> type, Function<E, List<Change<R>>> changes) {
      types.putIfAbsent(type.name(), type);
      var eventClass = type.javaClass();
      handlers.computeIfAbsent(eventClass, none -> new ArrayList<>())
          .add(event -> changes.apply(eventClass.cast(event)));
      return this;
    }

    /**
     * The projection.
     *
     * @throws ViewException INVALID_PROJECTION with all that is wrong at once, and what would be right
     */
    public Projection<R> build() {
      var problems = new ArrayList<String>();
      if (!NAME.matcher(name).matches() || name.length() > 50 || GENERATION.matcher(name).find()) {
        problems
            .add("the name '" + name + "' is not lower-case words joined by hyphens, at most 50 characters, "
                + "the last no 'g' and a number, such as country-revenue");
      }
      if (!Identifier.valid(schema))
        problems.add("the schema '" + schema + "' is not " + Identifier.WHAT);
      if (handlers.isEmpty() && sqlHandlers.isEmpty())
        problems.add("no event changes it: say at least one on(…), onEach(…), removedBy(…) or sql(…)");
      var mapping = Mapping.of(row, problems);
      var fields = Arrays.stream(row.getRecordComponents()).map(RecordComponent::getName).toList();
      for (var field : changedFields) {
        if (!fields.contains(field))
          problems.add(
              "it declares a change of '" + field + "', but the row has only " + String.join(", ", fields));
      }
      if (!problems.isEmpty() || mapping == null) {
        throw new ViewException(INVALID_PROJECTION,
            "the projection " + name + " of " + row.getName() + " cannot be built:\n  - "
                + String.join("\n  - ", problems));
      }
      @SuppressWarnings("unchecked") // the keys come from this builder's own functions
      var freshOfAny = (Function<Object, R>) fresh;
      return new Projection<>(this, mapping, freshOfAny);
    }
  }

  /** The view's name. */
  public String name() {
    return name;
  }

  /** The row. */
  public Class<R> rowType() {
    return mapping.type();
  }

  /** The event types that change the view. */
  public List<EventType<?>> types() {
    return types;
  }

  /** The streams that carry those events. */
  public Set<StreamName> streams() {
    var streams = new TreeSet<StreamName>();
    types.forEach(type -> streams.add(StreamName.of(type.stream())));
    return streams;
  }

  /** The schema of the database that the view is in. */
  public String schema() {
    return schema;
  }

  /** The names of the row's components: the columns as queries and JSON name them. */
  public List<String> columns() {
    return mapping.columns().stream().map(Column::field).toList();
  }

  /** The names of the components that are the key. */
  public List<String> keyColumns() {
    return mapping.keys().stream().map(Column::field).toList();
  }

  /** The stable name of the SQL view, quoted. */
  String sqlName() {
    return Identifier.quote(schema, table());
  }

  /** The table of a generation, quoted. */
  String sqlTable(int generation) {
    return Identifier.quote(schema, table() + "_g" + generation);
  }

  private String table() {
    return name.replace('-', '_');
  }

  /** The components that are declared to come out otherwise than in the version before. */
  Set<String> changedFields() {
    return changedFields;
  }

  /** Whether it is declared that there are other rows than in the version before. */
  boolean changesRows() {
    return changesRows;
  }

  Mapping<R> mapping() {
    return mapping;
  }

  /** What decides whether a generation was made by this projection: its row, its event types and its version. */
  String fingerprint() {
    var eventNames = types.stream().map(EventType::name).sorted().toList();
    return Fingerprint.of(List.of(String.valueOf(version), mapping.definition(), eventNames.toString()));
  }

  /** Whether SQL of its own changes rows. */
  boolean hasSql() {
    return !sqlHandlers.isEmpty();
  }

  List<SqlHandler<Event>> sqlHandlers(Event event) {
    return sqlHandlers.getOrDefault(event.getClass(), List.of());
  }

  /** Whether its events do something elsewhere. */
  public boolean hasEffects() {
    return !effects.isEmpty();
  }

  /** What is read to have the effects, and change no rows. */
  Projection<R> ofEffects() {
    if (!hasEffects())
      throw new ViewException(UNKNOWN_VIEW, this + " has no effects");
    return new Projection<>(this);
  }

  List<Effect<Event>> effects(Event event) {
    return effects.getOrDefault(event.getClass(), List.of());
  }

  R fresh(Object key) {
    return Objects.requireNonNull(fresh.apply(key), "the fresh row is null");
  }

  List<Handler<R>> handlers(Event event) {
    return handlers.getOrDefault(event.getClass(), List.of());
  }

  @Override
  public String toString() {
    return "the projection " + name;
  }
}
