package dev.millrace.runtime;

import dev.millrace.view.ParkingLimit;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where the runtime finds its servers, and where it listens. Valid once it is built. Every setting has a key, and the
 * environment variable of the same name in capitals: {@code millrace.kafka.bootstrap-servers} is
 * {@code MILLRACE_KAFKA_BOOTSTRAP_SERVERS}.
 *
 * @param log which log, and where
 * @param registry the address of the schema registry ({@code millrace.registry.url})
 * @param postgresUrl the JDBC address of the read models' database ({@code millrace.postgres.url})
 * @param postgresUser {@code millrace.postgres.user}
 * @param postgresPassword {@code millrace.postgres.password}, or what the file {@code millrace.postgres.password-file}
 *     holds; empty where the server asks for none
 * @param postgresConnections how many connections the runtime may hold ({@code millrace.postgres.connections}, 16)
 * @param httpHost where the HTTP API listens ({@code millrace.http.host}, 127.0.0.1)
 * @param httpPort {@code millrace.http.port}, 8080; 0 takes a free one
 * @param source the CloudEvents source of what this process publishes ({@code millrace.source}, /millrace)
 * @param partitions how many partitions a stream gets that is not there yet ({@code millrace.streams.partitions}, 6)
 * @param createStreams whether streams that are not there yet are created, rather than missed
 *     ({@code millrace.streams.create}; true, but false on Amazon's own Kinesis, where a stream costs money)
 * @param parking how many keys a view may park before it stops ({@code millrace.views.park-at-most}, 1000, within
 *     {@code millrace.views.park-window-seconds}, 600)
 * @param autoRebuild whether a view whose definition has changed is rebuilt at once, and promoted where nothing differs but what
 *     is declared ({@code millrace.views.auto-rebuild}, false)
 * @param auditMinutes after how many minutes each view is held against its log again, all keys of it ({@code
 *     millrace.views.audit-minutes}); 0, which is so unless said, for never
 * @param freshness how fresh the views are to be ({@code millrace.views.freshness-slo}: a time for all, such as 5s, and
 *     VIEW=TIME for some; nothing is promised where it is not set), and whether readiness depends on it
 *     ({@code millrace.views.freshness-slo-in-readiness}, false)
 * @param stateDirectory where stream apps keep their state ({@code millrace.state.directory}, a folder in the system's
 *     temporary one)
 */
public record Settings(LogSettings log, URI registry, String postgresUrl, String postgresUser,
    String postgresPassword, int postgresConnections, String httpHost, int httpPort, String source,
    int partitions, boolean createStreams, ParkingLimit parking, boolean autoRebuild, int auditMinutes,
    FreshnessSlo freshness, Path stateDirectory) {

  /**
   * Reads the settings from environment variables, such as {@code System.getenv()}.
   *
   * @throws StartException CONFIGURATION with all that is wrong
   */
  public static Settings fromEnvironment(Map<String, String> environment) {
    return from(key -> Optional.ofNullable(environment.get(variable(key))));
  }

  static Settings from(Function<String, Optional<String>> source) {
    return new SettingsReader(source).read();
  }

  /** The environment variable that sets the key. */
  static String variable(String key) {
    return key.replace('.', '_').replace('-', '_').toUpperCase(java.util.Locale.ROOT);
  }

  /** Settings from code, under the same rules. */
  public static Builder builder() {
    return new Builder();
  }

  /** Where the database is, without what a JDBC address may carry behind a question mark: a password, for one. */
  String postgresAddress() {
    int end = postgresUrl.indexOf('?');
    return end < 0 ? postgresUrl : postgresUrl.substring(0, end);
  }

  /** The password is left out. */
  @Override
  public String toString() {
    return "log " + log.address() + ", registry " + registry + ", postgres " + postgresAddress() + " as "
        + postgresUser
        + ", http " + httpHost + ":" + httpPort;
  }

  /** Collects settings by their keys' meaning; what is not set has the default of its key. */
  public static final class Builder {
    private final java.util.HashMap<String, String> values = new java.util.HashMap<>();
    private Map<String, String> environment = Map.of();

    private Builder() {}

    /** What these variables say, where nothing else is said: those of a local runtime, for one. */
    public Builder environment(Map<String, String> environment) {
      this.environment = Map.copyOf(environment);
      return this;
    }

    public Builder kafka(String bootstrapServers) {
      set(SettingsReader.LOG, "kafka");
      return set(SettingsReader.KAFKA, bootstrapServers);
    }

    /** Amazon Kinesis, or what speaks its protocol at {@link #kinesisEndpoint}. */
    public Builder kinesis() {
      return set(SettingsReader.LOG, "kinesis");
    }

    public Builder kinesisEndpoint(URI endpoint) {
      kinesis();
      return set(SettingsReader.KINESIS_ENDPOINT, endpoint.toString());
    }

    public Builder kinesisRegion(String region) {
      return set(SettingsReader.KINESIS_REGION, region);
    }

    public Builder kinesisStreamPrefix(String prefix) {
      return set(SettingsReader.KINESIS_PREFIX, prefix);
    }

    public Builder kinesisAggregation(boolean aggregation) {
      return set(SettingsReader.KINESIS_AGGREGATION, Boolean.toString(aggregation));
    }

    public Builder kinesisFanOut(boolean fanOut) {
      return set(SettingsReader.KINESIS_FAN_OUT, Boolean.toString(fanOut));
    }

    public Builder registry(URI url) {
      return set(SettingsReader.REGISTRY, url.toString());
    }

    public Builder postgres(String url, String user, String password) {
      set(SettingsReader.POSTGRES_URL, url);
      set(SettingsReader.POSTGRES_USER, user);
      return set(SettingsReader.POSTGRES_PASSWORD, password);
    }

    public Builder postgresConnections(int connections) {
      return set(SettingsReader.POSTGRES_CONNECTIONS, Integer.toString(connections));
    }

    public Builder http(String host, int port) {
      set(SettingsReader.HTTP_HOST, host);
      return set(SettingsReader.HTTP_PORT, Integer.toString(port));
    }

    public Builder source(String source) {
      return set(SettingsReader.SOURCE, source);
    }

    public Builder partitions(int partitions) {
      return set(SettingsReader.PARTITIONS, Integer.toString(partitions));
    }

    public Builder createStreams(boolean create) {
      return set(SettingsReader.CREATE_STREAMS, Boolean.toString(create));
    }

    /** After how many minutes each view is held against its log again; 0 for never. */
    public Builder auditMinutes(int minutes) {
      return set(SettingsReader.AUDIT_MINUTES, Integer.toString(minutes));
    }

    /** Whether a view whose definition has changed is rebuilt at once. */
    public Builder autoRebuild(boolean wanted) {
      return set(SettingsReader.AUTO_REBUILD, Boolean.toString(wanted));
    }

    /** A window of whole seconds. */
    public Builder parkAtMost(ParkingLimit limit) {
      set(SettingsReader.PARK_AT_MOST, Integer.toString(limit.keys()));
      return set(SettingsReader.PARK_WINDOW, Long.toString(limit.window().toSeconds()));
    }

    /** How fresh the views are to be: {@code 5s}, and {@code 5s,country-revenue=500ms} where some have a time of their own. */
    public Builder freshnessSlo(String times) {
      return set(SettingsReader.FRESHNESS_SLO, times);
    }

    /** Whether this process is not ready while a view is less fresh than it is to be. */
    public Builder freshnessSloInReadiness(boolean inReadiness) {
      return set(SettingsReader.FRESHNESS_READINESS, Boolean.toString(inReadiness));
    }

    public Builder stateDirectory(Path directory) {
      return set(SettingsReader.STATE_DIRECTORY, directory.toString());
    }

    /**
     * The settings.
     *
     * @throws StartException CONFIGURATION with all that is wrong
     */
    public Settings build() {
      return from(key -> Optional.ofNullable(values.getOrDefault(key, environment.get(variable(key)))));
    }

    private Builder set(String key, String value) {
      values.put(key, value);
      return this;
    }
  }
}
