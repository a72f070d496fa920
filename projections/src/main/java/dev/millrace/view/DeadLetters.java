package dev.millrace.view;

import static dev.millrace.view.ViewException.Code.REFUSED;

import dev.millrace.schema.EventCodec;
import dev.millrace.schema.Fault;
import dev.millrace.schema.SchemaException;
import dev.millrace.view.RebuildProgress.Phase;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The records that a view keeps aside, because they cannot be applied or because they wait behind one that cannot: to look at
 * them, to try them again with today's codec and code, or to drop those that will never do.
 *
 * {@snippet :
 * var letters = DeadLetters.of(countryRevenue).codec(codec).database(database).build();
 * letters.groups(Filter.ALL).forEach(System.out::println);
 * letters.redrive(Redrive.of(Filter.ofFingerprint("1f2e3d…")).atRate(1_000));
 * }
 *
 * <p>A redrive goes on while {@link Runner}s keep the view: an event that they read meanwhile of a key that is redriven comes
 * after those that were parked. Each change of the view is one transaction with the records that made it; where a redrive ends
 * early, and where its process is killed, what it has not come to is parked as before, in order. Safe for use by many threads.
 *
 * <p>Every method throws {@link ViewException}: UNKNOWN_VIEW where there is no such view or generation, DEFINITION_CHANGED where
 * another definition made it, DATABASE_UNREACHABLE where the database does not answer.
 */
public final class DeadLetters {
  /** The most records of a page. */
  public static final int MOST_LETTERS = 1_000;

  private final Projection<?> projection;
  private final EventCodec codec;
  private final DataSource database;
  private final Clock clock;
  private final OptionalInt generation;

  private DeadLetters(Builder settings, EventCodec codec, DataSource database) {
    this.projection = settings.generation.equals(OptionalInt.of(Projection.EFFECTS))
        ? settings.projection.ofEffects()
        : settings.projection;
    this.codec = codec;
    this.database = database;
    this.clock = settings.clock;
    this.generation = settings.generation;
  }

  /** Starts the settings: {@code codec} and {@code database} have to be said. */
  public static Builder of(Projection<?> projection) {
    return new Builder(projection);
  }

  /** Settings. Not safe for use by many threads. */
  public static final class Builder {
    private final Projection<?> projection;
    private @Nullable EventCodec codec;
    private @Nullable DataSource database;
    private Clock clock = Clock.systemUTC();
    private OptionalInt generation = OptionalInt.empty();

    private Builder(Projection<?> projection) {
      this.projection = projection;
    }

    /** Reads the events. */
    public Builder codec(EventCodec codec) {
      this.codec = codec;
      return this;
    }

    /** Where the view is. Not closed. */
    public Builder database(DataSource database) {
      this.database = database;
      return this;
    }

    /** What tells the time; the system's UTC clock where nothing is said. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /** Whose records; those of the generation that is live at the time where nothing is said, and of the effects for 0. */
    public Builder generation(int generation) {
      this.generation = OptionalInt.of(generation);
      return this;
    }

    /** The view's parked records; asks nobody yet. */
    public DeadLetters build() {
      return new DeadLetters(this, Objects.requireNonNull(codec, "codec"),
          Objects.requireNonNull(database, "database"));
    }
  }

  /**
   * Some of the parked records: those that all of this holds for. Immutable.
   *
   * @param stream the stream they are of
   * @param key the key that orders them, as the database has it
   * @param fingerprint of their failure; of those that only wait, which have none, of the failure of any record of their key
   */
  public record Filter(Optional<String> stream, Optional<String> key, Optional<String> fingerprint) {
    /** All of them. */
    public static final Filter ALL = new Filter(Optional.empty(), Optional.empty(), Optional.empty());

    /** Those of a key, of whichever stream. */
    public static Filter ofKey(String key) {
      return new Filter(Optional.empty(), Optional.of(key), Optional.empty());
    }

    /** Those that failed for the same cause, and what waits for them. */
    public static Filter ofFingerprint(String fingerprint) {
      return new Filter(Optional.empty(), Optional.empty(), Optional.of(fingerprint));
    }
  }

  /**
   * Records that failed for the same cause.
   *
   * @param message what is wrong with the one parked last
   * @param records how many failed
   * @param keys of how many keys; a record that has none counts as one
   * @param waiting how many records wait behind those that are the first of their key
   * @param first when the first of them was parked
   */
  public record Group(String fingerprint, String reason, String message, long records, long keys,
      long waiting,
      Instant first, Instant last) {}

  /**
   * A parked record.
   *
   * @param fingerprint of its failure; empty where the reason is FOLLOWS
   * @param schemaId of the schema that wrote it; empty where its payload has none
   */
  public record Letter(String stream, String partition, String position, String key, String reason,
      String message,
      String fingerprint, OptionalInt schemaId, Instant appendedAt, Instant parkedAt) {}

  /**
   * All that is known of a parked record.
   *
   * @param stack where it failed; empty where nothing was thrown
   * @param envelope its attributes by their names; none where it had no envelope
   * @param payload its bytes as they were read; read-only
   */
  public record Content(Letter letter, String stack, Map<String, String> envelope, ByteBuffer payload) {}

  /**
   * A record that was dropped.
   *
   * @param by who did
   * @param because why
   */
  public record Discarded(Letter letter, String by, String because, Instant at) {}

  /** The causes for which records are parked, the one with the most of them first. */
  public List<Group> groups(Filter which) {
    return read("grouping", (connection, reader) -> reader.groups(connection, which));
  }

  /**
   * A page of parked records by stream and key, and within a key in their order.
   *
   * @param after the {@link Page#next} of the page before
   * @param limit 1 to {@value #MOST_LETTERS}
   */
  public Page<Letter> list(Filter which, Optional<String> after, int limit) {
    return read("listing", (connection, reader) -> reader.letters(connection, which, after, limited(limit)));
  }

  /** The first records, in the order of {@link #list}, with what is in them. */
  public List<Content> show(Filter which, int limit) {
    return read("showing", (connection, reader) -> reader.contents(connection, which, limited(limit)));
  }

  /** What was dropped last, the latest first. */
  public List<Discarded> discarded(Filter which, int limit) {
    return read("listing", (connection, reader) -> reader.discarded(connection, which, limited(limit)));
  }

  private static int limited(int limit) {
    if (limit < 1 || limit > MOST_LETTERS)
      throw new IllegalArgumentException("the limit " + limit + " is not within 1 to " + MOST_LETTERS);
    return limit;
  }

  /** Reads with a reader of the generation. */
  @FunctionalInterface
  private interface Reading<T> {
    T of(Connection connection, ParkedReader reader) throws SQLException;
  }

  private <T> T read(String doing, Reading<T> reading) {
    return Transaction.run(database, doing + " the parked records of " + projection.name(), connection -> {
      var reader = new ParkedReader(projection.name(),
          new Catalog(projection).existing(connection, generation));
      return reading.of(connection, reader);
    });
  }

  /**
   * Tries records again, key by key, each key in order: what goes through changes the view and is parked no more, and what
   * waits behind it follows. Where one fails again, it and those behind it stay, with what is wrong now. Where time is up, or
   * something outside does not answer any more, the report says where to go on.
   *
   * @throws dev.millrace.schema.SchemaException REGISTRY_UNREACHABLE, where not even the first could be tried
   */
  public Redriven redrive(Redrive redrive) {
    return run(redrive, Optional.empty());
  }

  /**
   * Drops records that will never go through, and lets those behind them follow: of each key, all records of the fingerprint
   * that is filtered by, or else the first record. They are kept in {@code millrace.discarded}, with who dropped them and why.
   * Generations that are made after that do without them as well, where they were dropped from the live one.
   *
   * @param by who drops them
   * @param because why
   */
  public Redriven discard(Redrive redrive, String by, String because) {
    if (by.isBlank() || because.isBlank())
      throw new IllegalArgumentException(
          "a record is discarded by somebody and for a reason; one of them is blank");
    return run(redrive, Optional.of(new ParkedQueue.Discard(redrive.which().fingerprint(), by, because)));
  }

  private Redriven run(Redrive redrive, Optional<ParkedQueue.Discard> discard) {
    return run(projection, redrive, discard);
  }

  private <R extends Record> Redriven run(Projection<R> projection, Redrive redrive,
      Optional<ParkedQueue.Discard> discard) {
    var decoding = new Decoding<>(projection, codec);
    var reader = read("redriving", (connection, of) -> {
      requireFilled(connection, of.generation());
      return of;
    });
    var known = read("redriving", (connection, of) -> of.oneOfEachSchema(connection));
    var _ = decoding.decode(known); // so that the registry is asked for none of them while there are locks
    var done = new ArrayList<Redriven.Queue>();
    var at = redrive.after().map(cursor -> reader.place(redrive.which(), cursor));
    try (var connection = database.getConnection()) {
      var redriving = new QueueRedrive<>(connection, projection, decoding, clock, reader.generation());
      var pace = new RedrivePace(redrive.eventsPerSecond(), redrive.atMost());
      for (var next = next(connection, reader, redrive, at); !next.isEmpty(); next = next(connection, reader,
          redrive, at)) {
        for (var queue : next) {
          boolean within = at.isPresent() && at.get().within();
          var result = redriving.run(queue, within ? Optional.empty() : discard, redrive.dryRun(), pace);
          if (result.begun())
            done.add(result.queue());
          if (result.begun() || result.ended())
            at = Optional.of(new ParkedReader.Place(queue, !result.ended()));
          if (!result.ended())
            return new Redriven(done, cursor(reader, redrive, at));
        }
      }
      return new Redriven(done, Optional.empty());
    } catch (SQLException e) {
      throw SqlFailure.exception("redriving " + projection.name(), e);
    } catch (ViewException | SchemaException e) {
      if (done.isEmpty() || Faults.of(e) != Fault.EXTERNAL)
        throw e;
      return new Redriven(done, cursor(reader, redrive, at)); // whoever goes on from there is told
    }
  }

  /** While a rebuild fills a generation, it has its rows and its parked keys in memory. */
  private void requireFilled(Connection connection, int kept) throws SQLException {
    var filling = Manifest.read(connection, projection.name(), kept);
    if (filling.isPresent() && filling.get().phase() != Phase.FOLLOWING) {
      throw new ViewException(REFUSED, "generation " + kept + " of " + projection.name()
          + " is being filled by a rebuild: redrive when that has come to the log's end");
    }
  }

  private static Optional<String> cursor(ParkedReader reader, Redrive redrive,
      Optional<ParkedReader.Place> at) {
    return Optional.of(at.map(place -> reader.cursor(redrive.which(), place)).orElse(""));
  }

  private static List<ParkedQueue> next(Connection connection, ParkedReader reader, Redrive redrive,
      Optional<ParkedReader.Place> at) throws SQLException {
    if (at.isPresent() && at.get().within())
      return List.of(at.get().queue());
    try (var transaction = new Transaction(connection)) {
      var queues = reader.queues(connection, redrive.which(), at.map(ParkedReader.Place::queue));
      transaction.commit();
      return queues;
    }
  }
}
