package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A log, PostgreSQL and the schema registry on one data folder: what a team's services need on a laptop. The log is Kafka, or
 * Kinesis where that is asked for. Data and addresses survive a restart, and a kill. One instance works on a folder at a time.
 * Safe for use by many threads.
 *
 * <p>Whoever starts it closes it, also where the process is told to end: then the next start need recover nothing.
 */
public final class DevRuntime implements AutoCloseable {
  static final String KAFKA = "kafka";
  static final String KINESIS = "kinesis";
  static final String POSTGRES = "postgres";

  /** The database for services; the registry has one of its own. */
  private static final String DATABASE = "millrace";

  private final DataFolder folder;
  private final Log log;
  private final DevPostgres postgres;
  private final DevRegistry registry;

  /** The server that is the log. */
  private sealed interface Log extends AutoCloseable {
    void environment(Map<String, String> variables);

    Optional<Throwable> failure();

    @Override
    void close();
  }

  private record Kafka(DevKafka server) implements Log {
    @Override
    public void environment(Map<String, String> variables) {
      variables.put("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", server.bootstrapServers());
    }

    @Override
    public Optional<Throwable> failure() {
      return server.failure();
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private record Kinesis(URI endpoint, Optional<DevKinesis> server) implements Log {
    @Override
    public void environment(Map<String, String> variables) {
      variables.put("MILLRACE_LOG", "kinesis");
      variables.put("MILLRACE_KINESIS_ENDPOINT", endpoint.toString());
    }

    @Override
    public Optional<Throwable> failure() {
      return server.flatMap(DevKinesis::failure);
    }

    @Override
    public void close() {
      server.ifPresent(DevKinesis::close);
    }
  }

  private DevRuntime(DataFolder folder, Log log, DevPostgres postgres, DevRegistry registry) {
    this.folder = folder;
    this.log = log;
    this.postgres = postgres;
    this.registry = registry;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Starts all on free ports, with a temporary folder that is removed at close. */
  public static DevRuntime start() {
    return builder().start();
  }

  /** Where the data is. */
  public Path dataDir() {
    return folder.path();
  }

  /**
   * The broker.
   *
   * @throws IllegalStateException where the log is Kinesis
   */
  public DevKafka kafka() {
    if (log instanceof Kafka kafka)
      return kafka.server;
    throw new IllegalStateException("this runtime's log is Kinesis");
  }

  public DevPostgres postgres() {
    return postgres;
  }

  public DevRegistry registry() {
    return registry;
  }

  /** The addresses as environment variables, in the order in which they are shown. */
  public Map<String, String> environment() {
    var environment = new LinkedHashMap<String, String>();
    log.environment(environment);
    environment.put("MILLRACE_REGISTRY_URL", registry.uri().toString());
    environment.put("MILLRACE_POSTGRES_URL", postgres.jdbcUrl(DATABASE));
    environment.put("MILLRACE_POSTGRES_USER", DevPostgres.USER);
    return environment;
  }

  /** The first fault that a server met since it started, if any. */
  public Optional<Throwable> failure() {
    return Stream.of(log.failure(), postgres.failure()).flatMap(Optional::stream).findFirst();
  }

  /** Stops the registry, then the log and PostgreSQL at once, and waits until they have stopped. Again is nothing. */
  @Override
  public void close() {
    registry.close();
    try (folder; var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = threads.submit(log::close);
      var other = threads.submit(postgres::close);
      result(one);
      result(other);
    }
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DevException(Code.NOT_STARTED, "interrupted", e);
    }
  }

  /** The options of a runtime. Not for use by several threads. */
  public static final class Builder {
    private @Nullable Path dataDir;
    private int kafkaPort;
    private int postgresPort;
    private int registryPort;
    private boolean kinesis;
    private Optional<URI> kinesisEndpoint = Optional.empty();

    private Builder() {}

    /** Starts Kinesis in Kafka's place: see {@link DevKinesis}. */
    public Builder kinesis() {
      this.kinesis = true;
      return this;
    }

    /** Takes the Kinesis that is there in Kafka's place, and starts none. */
    public Builder kinesis(URI endpoint) {
      this.kinesisEndpoint = Optional.of(endpoint);
      return kinesis();
    }

    /** Keeps the data in this folder, which is made where there is none. Without it, in a temporary one. */
    public Builder dataDir(Path folder) {
      this.dataDir = folder;
      return this;
    }

    /** Kafka's port; 0, which is the default, takes the one that the folder had before, or any free one. */
    public Builder kafkaPort(int port) {
      this.kafkaPort = Ports.checked(port);
      return this;
    }

    /** PostgreSQL's port; 0, which is the default, takes the one that the folder had before, or any free one. */
    public Builder postgresPort(int port) {
      this.postgresPort = Ports.checked(port);
      return this;
    }

    /** The registry's port; 0, which is the default, takes the one that the folder had before, or any free one. */
    public Builder registryPort(int port) {
      this.registryPort = Ports.checked(port);
      return this;
    }

    /**
     * Starts all three and waits until they answer.
     *
     * @throws DevException PORT_TAKEN, FOLDER_IN_USE, OTHER_VERSION, OTHER_LOG, UNWRITABLE, NO_SPACE, NOT_STARTED
     */
    public DevRuntime start() {
      var folder = DataFolder.of(dataDir, "Dev");
      try {
        RuntimeFolder.requireVersion(folder.path());
        RuntimeFolder.requireLog(folder.path(), logName());
        return start(folder);
      } catch (IOException e) {
        folder.close();
        throw new DevException(Code.UNWRITABLE,
            "the folder " + folder.path() + " cannot be read or written: " + e, e);
      } catch (RuntimeException e) {
        folder.close();
        throw e;
      }
    }

    private DevRuntime start(DataFolder folder) throws IOException {
      // Or it would still hold the port that the folder had before.
      PostgresFolder.stopLeftovers(folder.path().resolve(POSTGRES));
      var ports = RuntimeFolder.ports(folder.path(), kafkaPort, postgresPort, registryPort);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var log = threads.submit(() -> log(folder.path(), ports));
        var postgres = threads.submit(() -> postgres(folder.path().resolve(POSTGRES), ports));
        try {
          var database = result(postgres);
          var registry = DevRegistry.start(database.dataSource("registry"), ports.registry());
          try {
            return new DevRuntime(folder, result(log), database, registry);
          } catch (RuntimeException e) {
            registry.close();
            throw e;
          }
        } catch (RuntimeException e) {
          closeStarted(postgres, e);
          closeStarted(log, e);
          throw e;
        }
      }
    }

    private String logName() {
      if (!kinesis)
        return KAFKA;
      return kinesisEndpoint.map(endpoint -> KINESIS + " at " + endpoint).orElse(KINESIS);
    }

    private Log log(Path folder, RuntimeFolder.Chosen ports) {
      if (kinesisEndpoint.isPresent())
        return new Kinesis(kinesisEndpoint.get(), Optional.empty());
      if (kinesis) {
        var server = DevKinesis.builder().dataDir(folder.resolve(KINESIS)).port(ports.kinesis()).start();
        return new Kinesis(server.endpoint(), Optional.of(server));
      }
      return new Kafka(DevKafka.builder().dataDir(folder.resolve(KAFKA)).port(ports.kafka()).start());
    }

    private static DevPostgres postgres(Path folder, RuntimeFolder.Chosen ports) {
      var postgres = DevPostgres.builder().dataDir(folder).port(ports.postgres()).stopAtExit(false).start();
      postgres.createDatabase(DATABASE);
      postgres.createDatabase("registry");
      return postgres;
    }

    private static void closeStarted(Future<? extends AutoCloseable> server, RuntimeException reason) {
      try {
        result(server).close();
      } catch (Exception e) {
        if (!e.equals(reason)) {
          reason.addSuppressed(e);
        }
      }
    }
  }
}
