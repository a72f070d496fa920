package dev.millrace.publish;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import dev.millrace.log.LogEntry;
import dev.millrace.publish.PublishException.Code;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.Event;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;

/**
 * Says events in the transaction of a service's own PostgreSQL: an event is said where the transaction commits, and only
 * there. The relay of the connectors module brings the entries to the log, in the order of the commits. Holds no
 * connection; safe for use by many threads.
 */
public final class Outbox {
  private static final String UNDEFINED_TABLE = "42P01";

  private final Stamp stamp;
  private final Clock clock;

  private Outbox(Builder builder) {
    this.clock = builder.clock;
    this.stamp = new Stamp(builder.codec, builder.source, builder.clock, builder.written);
  }

  /** An outbox with the options still to be chosen; {@code source} must be. */
  public static Builder builder(EventCodec codec) {
    return new Builder(codec);
  }

  /**
   * Creates the table {@code millrace_outbox} and the publication {@code millrace_outbox_pub}, where they are not there,
   * in the first schema of the search path. Part of the caller's transaction, if there is one.
   *
   * <p>Needs the right to create in that schema and CREATE on the database (for the publication). Whoever appends then
   * needs INSERT on the table, and no more; the relay needs SELECT and DELETE on it, and the attribute REPLICATION.
   *
   * @throws PublishException DATABASE
   */
  public static void createTable(Connection connection) {
    try {
      OutboxTable.create(connection);
    } catch (SQLException e) {
      throw failed("the outbox could not be created", e);
    }
  }

  /** Appends an event; see {@link #append(Connection, Event, UnaryOperator)}. */
  public Appended append(Connection connection, Event event) {
    return append(connection, event, UnaryOperator.identity());
  }

  /**
   * Appends an event in the connection's transaction, which is neither committed nor rolled back here. The event is
   * encoded first, so that one that does not fit its schema leaves the transaction as it was.
   *
   * @param labelling adds to the envelope: {@code envelope -> envelope.causedBy(other)}, an id or a time of its own
   * @return the envelope in which the event will be read, and a token to read it by
   * @throws dev.millrace.schema.SchemaException MISFIT where the event does not fit its schema, with the path of the field
   * @throws PublishException NO_TRANSACTION where the connection commits by itself; NO_OUTBOX; DATABASE
   */
  public Appended append(Connection connection, Event event, UnaryOperator<Envelope> labelling) {
    var entry = stamp.on(event, labelling);
    insert(connection, List.of(entry));
    return appended(entry);
  }

  /** Appends events in their order, as {@link #append(Connection, Event, UnaryOperator)} does, in one round trip. */
  public List<Appended> appendAll(Connection connection, List<? extends Event> events) {
    var entries = new ArrayList<LogEntry>(events.size());
    for (var event : events) {
      entries.add(stamp.on(event, UnaryOperator.identity()));
    }
    insert(connection, entries);
    return entries.stream().map(this::appended).toList();
  }

  private Appended appended(LogEntry entry) {
    return new Appended(entry.stream(), entry.envelope(), clock.instant());
  }

  private static void insert(Connection connection, List<LogEntry> entries) {
    try {
      if (connection.getAutoCommit()) {
        throw new PublishException(Code.NO_TRANSACTION,
            "the connection commits each statement by itself, so an event"
                + " could be said of a change that is not made: call setAutoCommit(false), and commit both together");
      }
      OutboxTable.insert(connection, entries);
    } catch (SQLException e) {
      throw failed("the outbox did not take " + entries.size() + " events", e);
    }
  }

  private static PublishException failed(String what, SQLException e) {
    return UNDEFINED_TABLE.equals(e.getSQLState())
        ? new PublishException(Code.NO_OUTBOX, what + ": this database has no table " + OutboxTable.NAME
            + " in its search path; create it once with Outbox.createTable(connection)", e)
        : new PublishException(Code.DATABASE, what + ": " + e.getMessage(), e);
  }

  /** The options of an outbox. */
  public static final class Builder {
    private final EventCodec codec;
    private final Map<String, EventType<?>> written = new HashMap<>();
    private String source = "";
    private Clock clock = Clock.systemUTC();

    private Builder(EventCodec codec) {
      this.codec = codec;
    }

    /** Who says it, such as {@code /sales}: the envelope's source. */
    public Builder source(String source) {
      this.source = source;
      return this;
    }

    /** What the envelope's time and id are taken from; the system's clock by default. */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /** Writes this type under the version that it is at: {@code writing(OrderPlaced.TYPE.at(1))}. */
    public Builder writing(EventType<?> type) {
      written.put(type.name(), type);
      return this;
    }

    /** Builds it; an {@link IllegalArgumentException} where there is no source. */
    public Outbox build() {
      return new Outbox(this);
    }
  }
}
