package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The real PostgreSQL server, started from binaries that come with the library, on the loopback interface. Commits are
 * durable; logical replication is on. Its superuser is {@code postgres}, and every local user may be it without a
 * password: for development only. Safe for use by many threads.
 */
public final class DevPostgres implements AutoCloseable {
  /** The superuser's name; it has no password. */
  public static final String USER = "postgres";

  private final DataFolder folder;
  private final Path cluster;
  private final EmbeddedPostgres server;
  private final Thread atExit = new Thread(this::stop, "postgres-stop");
  private final AtomicBoolean closed = new AtomicBoolean();

  private DevPostgres(DataFolder folder, Path cluster, EmbeddedPostgres server) {
    this.folder = folder;
    this.cluster = cluster;
    this.server = server;
  }

  /** Starts a server on any free port, with a temporary folder that is removed at close. */
  public static DevPostgres start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  public int port() {
    return server.getPort();
  }

  /** The database {@code postgres}, which is always there. Every connection is a new one. */
  public DataSource dataSource() {
    return dataSource("postgres");
  }

  /** A database of this server. Every connection is a new one. */
  public DataSource dataSource(String database) {
    var source = new PGSimpleDataSource();
    source.setUrl(jdbcUrl(database));
    source.setUser(USER);
    return source;
  }

  /** The address of the database {@code postgres}, without the user. */
  public String jdbcUrl() {
    return jdbcUrl("postgres");
  }

  /** The address of a database of this server, without the user. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + Ports.HOST + ":" + port() + "/" + database;
  }

  /**
   * Makes a database where there is none of this name, and answers it.
   *
   * @param name letters, digits and underscores
   */
  public DataSource createDatabase(String name) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,62}")) {
      throw new IllegalArgumentException("a database's name is letters, digits and underscores, not " + name);
    }
    try (var connection = dataSource().getConnection();
        var known = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?");
        var statement = connection.createStatement()) {
      known.setString(1, name);
      try (var row = known.executeQuery()) {
        if (!row.next()) {
          statement.execute("CREATE DATABASE \"" + name + '"');
        }
      }
      return dataSource(name);
    } catch (SQLException e) {
      throw new DevException(Code.FAILED, "the database " + name + " was not made: " + e.getMessage(), e);
    }
  }

  /** Says what happened where the server no longer runs. */
  public Optional<Throwable> failure() {
    if (closed.get() || Postmaster.running(cluster).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new DevException(Code.FAILED, "PostgreSQL on port " + port() + " has stopped: its messages are in "
            + folder.path().resolve("postgres.log")));
  }

  /** Stops the server, waits until it has stopped, and removes a temporary folder. Again is nothing. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process ends, and the hook with it: whoever is first stops the server.
    }
    stop();
  }

  private void stop() {
    if (closed.getAndSet(true)) {
      return;
    }
    try (folder) {
      server.close();
    } catch (IOException e) {
      throw new DevException(Code.FAILED, "PostgreSQL did not stop: " + e.getMessage(), e);
    }
  }

  /** The options of a server. Not for use by several threads. */
  public static final class Builder {
    private static final int ATTEMPTS = 5;

    private final Map<String, String> settings = new LinkedHashMap<>(PostgresSettings.DEFAULTS);
    private @Nullable Path dataDir;
    private int port;
    private boolean stopAtExit = true;

    private Builder() {}

    /** Keeps the data in this folder, which is made where there is none. Without it, in a temporary one. */
    public Builder dataDir(Path folder) {
      this.dataDir = folder;
      return this;
    }

    /** The port; 0, which is the default, takes any free one. */
    public Builder port(int port) {
      this.port = Ports.checked(port);
      return this;
    }

    /** Whether the server stops when this process ends without closing it, which is the default. A kill it outlives. */
    public Builder stopAtExit(boolean stop) {
      this.stopAtExit = stop;
      return this;
    }

    /** A setting of the server by PostgreSQL's own name, such as {@code max_connections}. */
    public Builder set(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /**
     * Starts the server and waits until it answers. A server that a killed process left on the folder is stopped
     * first.
     *
     * @throws DevException PORT_TAKEN, FOLDER_IN_USE, OTHER_VERSION, UNWRITABLE, NO_SPACE, NOT_STARTED
     */
    public DevPostgres start() {
      var folder = DataFolder.of(dataDir, "Postgres");
      try {
        return start(folder);
      } catch (IOException e) {
        folder.close();
        throw new DevException(Code.UNWRITABLE,
            "PostgreSQL's folder " + folder.path() + " cannot be written: " + e, e);
      } catch (RuntimeException e) {
        folder.close();
        throw e;
      }
    }

    private DevPostgres start(DataFolder folder) throws IOException {
      var clusters = PostgresFolder.open(folder.path());
      Ports.requireFree(port, "Postgres");
      var postgres = new DevPostgres(folder, clusters.cluster(), run(clusters));
      if (stopAtExit) {
        Runtime.getRuntime().addShutdownHook(postgres.atExit);
      }
      clusters.settle();
      return postgres;
    }

    private EmbeddedPostgres run(PostgresFolder clusters) {
      if (port != 0) {
        return PostgresServer.start(clusters, port, settings);
      }
      // A free port may be taken between the look and the start.
      for (int attempt = 1;; attempt++) {
        try {
          return PostgresServer.start(clusters, Ports.free(), settings);
        } catch (DevException e) {
          if (e.code() != Code.PORT_TAKEN || attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
    }
  }
}
