package dev.millrace.runtime;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.connect.Bridge;
import dev.millrace.connect.BridgeHealth;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A bridge between streams of the logs that the settings name, in a process of its own. Where Kinesis is written to, its marks
 * are in the settings' database. Safe for use by many threads.
 */
public final class BridgeRuntime implements AutoCloseable {
  /**
   * A stream of a log: {@code kinesis:sales.orders}.
   *
   * @param log {@code kafka} or {@code kinesis}
   */
  public record Place(String log, StreamName stream) {
    /**
     * Reads {@code LOG:STREAM}.
     *
     * @throws IllegalArgumentException where the text does not name a log and a stream
     */
    public static Place parse(String text) {
      int colon = text.indexOf(':');
      var log = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
      if (!log.equals("kafka") && !log.equals("kinesis"))
        throw new IllegalArgumentException("'" + text + "' is not kafka:STREAM, nor kinesis:STREAM");
      return new Place(log, StreamName.of(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
      return log + ":" + stream;
    }
  }

  private static final int CONNECTIONS = 4;

  private final Bridge bridge;
  private final Place from;
  private final EventLog source;
  private final EventLog target;
  private final @Nullable HikariDataSource database;

  private BridgeRuntime(Bridge bridge, Place from, EventLog source, EventLog target,
      @Nullable HikariDataSource database) {
    this.bridge = bridge;
    this.from = from;
    this.source = source;
    this.target = target;
    this.database = database;
  }

  /**
   * Starts carrying.
   *
   * @param environment the settings, as {@link Settings#fromEnvironment} takes them; only what the two logs need
   * @param name the bridge's name, under which its place is kept
   * @param create how many partitions the stream that is written to gets if it is not there; without, it must be
   * @throws StartException CONFIGURATION with all that is wrong
   */
  public static BridgeRuntime start(Map<String, String> environment, String name, Place from, Place to,
      Optional<Integer> create) {
    var reader = new SettingsReader(key -> Optional.ofNullable(environment.get(Settings.variable(key))));
    var logs = reader.readLogs(from.log(), to.log(), to.log().equals("kinesis"));
    var database = logs.database().map(at -> Wiring.pool(at.url(), at.user(), at.password(), CONNECTIONS))
        .orElse(null);
    var opened = new AutoCloseable[2];
    try {
      var marks = Optional.<DataSource>ofNullable(database);
      var source = Logs.open(logs.from(), marks);
      opened[0] = source;
      var target = from.log().equals(to.log()) ? source : Logs.open(logs.to(), marks);
      opened[1] = target;
      create.ifPresent(partitions -> target.create(to.stream(), partitions));
      var bridge = Bridge.builder().name(name).from(source, from.stream()).to(target, to.stream()).build()
          .start();
      return new BridgeRuntime(bridge, from, source, target, database);
    } catch (RuntimeException e) {
      close(e, opened[1], opened[0], database);
      throw e;
    }
  }

  /** How the bridge fares. Answers at once. */
  public BridgeHealth health() {
    return bridge.health();
  }

  /** How many records are still to be carried over. Asks the log. */
  public long lag() {
    return source.lag(Set.of(from.stream()), bridge.health().cursor());
  }

  @Override
  public void close() {
    bridge.close();
    target.close();
    source.close();
    if (database != null)
      database.close();
  }

  private static void close(RuntimeException reason, @Nullable AutoCloseable... opened) {
    for (var one : opened) {
      try {
        if (one != null)
          one.close();
      } catch (Exception e) {
        reason.addSuppressed(e);
      }
    }
  }
}
