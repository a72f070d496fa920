package dev.millrace.runtime;

import dev.millrace.view.ParkingLimit;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads settings from texts, and collects all that is wrong with them instead of stopping at the first. */
final class SettingsReader {
  static final String LOG = "millrace.log";
  static final String KAFKA = "millrace.kafka.bootstrap-servers";
  static final String KINESIS_ENDPOINT = "millrace.kinesis.endpoint";
  static final String KINESIS_REGION = "millrace.kinesis.region";
  static final String KINESIS_PREFIX = "millrace.kinesis.stream-prefix";
  static final String KINESIS_AGGREGATION = "millrace.kinesis.aggregation";
  static final String KINESIS_FAN_OUT = "millrace.kinesis.fan-out";
  static final String REGISTRY = "millrace.registry.url";
  static final String POSTGRES_URL = "millrace.postgres.url";
  static final String POSTGRES_USER = "millrace.postgres.user";
  static final String POSTGRES_PASSWORD = "millrace.postgres.password";
  static final String POSTGRES_PASSWORD_FILE = "millrace.postgres.password-file";
  static final String POSTGRES_CONNECTIONS = "millrace.postgres.connections";
  static final String HTTP_HOST = "millrace.http.host";
  static final String HTTP_PORT = "millrace.http.port";
  static final String SOURCE = "millrace.source";
  static final String PARTITIONS = "millrace.streams.partitions";
  static final String CREATE_STREAMS = "millrace.streams.create";
  static final String PARK_AT_MOST = "millrace.views.park-at-most";
  static final String AUDIT_MINUTES = "millrace.views.audit-minutes";
  static final String AUTO_REBUILD = "millrace.views.auto-rebuild";
  static final String PARK_WINDOW = "millrace.views.park-window-seconds";
  static final String FRESHNESS_SLO = "millrace.views.freshness-slo";
  static final String FRESHNESS_READINESS = "millrace.views.freshness-slo-in-readiness";
  static final String STATE_DIRECTORY = "millrace.state.directory";

  private static final Pattern SERVERS = Pattern
      .compile("(\\[[0-9a-fA-F:.]+]|[^\\s,:/]+):\\d{1,5}(,(\\[[0-9a-fA-F:.]+]|[^\\s,:/]+):\\d{1,5})*");

  private final Function<String, Optional<String>> source;
  private final List<String> faults = new ArrayList<>();

  SettingsReader(Function<String, Optional<String>> source) {
    this.source = key -> source.apply(key).map(String::strip);
  }

  Settings read() {
    var log = log(optional(LOG, "kafka"));
    var registry = required(REGISTRY, "http://127.0.0.1:8081", SettingsReader::isHttp,
        "is not an http address");
    var database = database();
    var connections = number(POSTGRES_CONNECTIONS, 16, 2, 1_000);
    var port = number(HTTP_PORT, 8080, 0, 65_535);
    var partitions = number(PARTITIONS, 6, 1, 10_000);
    var create = truth(CREATE_STREAMS,
        !(log instanceof LogSettings.Kinesis kinesis && kinesis.isAmazons()));
    var parking = new ParkingLimit(number(PARK_AT_MOST, ParkingLimit.DEFAULT.keys(), 1, Integer.MAX_VALUE),
        Duration.ofSeconds(
            number(PARK_WINDOW, (int) ParkingLimit.DEFAULT.window().toSeconds(), 1, Integer.MAX_VALUE)));
    var freshness = FreshnessSlo.read(FRESHNESS_SLO, optional(FRESHNESS_SLO, ""),
        truth(FRESHNESS_READINESS, false), faults);
    var host = optional(HTTP_HOST, "127.0.0.1");
    var name = optional(SOURCE, "/millrace");
    var state = path(STATE_DIRECTORY, Path.of(System.getProperty("java.io.tmpdir"), "millrace-state"));
    var autoRebuild = truth(AUTO_REBUILD, false);
    var auditMinutes = number(AUDIT_MINUTES, 0, 0, 1_000_000);
    requireNoFaults();
    return new Settings(log, URI.create(registry), database.url(), database.user(), database.password(),
        connections, host, port, name, partitions, create, parking, autoRebuild, auditMinutes, freshness,
        state);
  }

  /** What a bridge needs: the two logs, and the database where one is needed. */
  LogsAndDatabase readLogs(String from, String to, boolean withDatabase) {
    var one = log(from);
    var other = from.equals(to) ? one : log(to);
    var database = withDatabase ? Optional.of(database()) : Optional.<Database>empty();
    requireNoFaults();
    return new LogsAndDatabase(one, other, database);
  }

  /** The logs that a bridge is between. */
  record LogsAndDatabase(LogSettings from, LogSettings to, Optional<Database> database) {}

  /** Where the read models are, and who asks. Its text shows no password. */
  record Database(String url, String user, String password) {
    @Override
    public String toString() {
      return user;
    }
  }

  private Database database() {
    var url = required(POSTGRES_URL, "jdbc:postgresql://127.0.0.1:5432/millrace",
        text -> text.startsWith("jdbc:postgresql:"), "is not a JDBC address of PostgreSQL");
    return new Database(url, required(POSTGRES_USER, "millrace", text -> true, ""), password());
  }

  private void requireNoFaults() {
    if (!faults.isEmpty())
      throw new StartException(StartException.Code.CONFIGURATION, faults);
  }

  private LogSettings log(String kind) {
    return switch (kind) {
      case "kafka" -> kafka();
      case "kinesis" -> kinesis();
      default -> {
        faults.add(LOG + " '" + kind + "' is no log: use kafka or kinesis");
        yield new LogSettings.Kafka("");
      }
    };
  }

  private LogSettings kafka() {
    var servers = required(KAFKA, "127.0.0.1:9092", text -> SERVERS.matcher(text.replace(" ", "")).matches(),
        "is not host:port, nor several with commas");
    return new LogSettings.Kafka(servers.replace(" ", ""));
  }

  private LogSettings kinesis() {
    var endpoint = source.apply(KINESIS_ENDPOINT).filter(text -> !text.isEmpty());
    if (endpoint.isPresent() && !isHttp(endpoint.get())) {
      faults.add(KINESIS_ENDPOINT + " '" + endpoint.get()
          + "' is not an http address: such as http://127.0.0.1:4567, or leave it out for Amazon's own");
      endpoint = Optional.empty();
    }
    return new LogSettings.Kinesis(endpoint.map(URI::create),
        source.apply(KINESIS_REGION).filter(text -> !text.isEmpty()), optional(KINESIS_PREFIX, ""),
        truth(KINESIS_AGGREGATION, false), truth(KINESIS_FAN_OUT, false));
  }

  private boolean truth(String key, boolean otherwise) {
    var text = optional(key, Boolean.toString(otherwise));
    if (!text.equals("true") && !text.equals("false"))
      faults.add(key + " '" + text + "' is neither true nor false");
    return text.equals("true");
  }

  private String required(String key, String right, Predicate<String> valid, String complaint) {
    var value = source.apply(key).orElse("");
    if (value.isEmpty()) {
      faults.add(key + " is not set: set it, or " + Settings.variable(key) + ", such as " + right);
    } else if (!valid.test(value)) {
      faults.add(key + " '" + value + "' " + complaint + ": such as " + right);
    }
    return value;
  }

  private String optional(String key, String otherwise) {
    return source.apply(key).filter(text -> !text.isEmpty()).orElse(otherwise);
  }

  /** From the file where there is one: so that it stands in no environment, which others may list. */
  private String password() {
    var file = optional(POSTGRES_PASSWORD_FILE, "");
    if (file.isEmpty())
      return source.apply(POSTGRES_PASSWORD).orElse("");
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException | InvalidPathException e) {
      faults.add(POSTGRES_PASSWORD_FILE + " '" + file + "' cannot be read (" + e
          + "): name a file that holds the password, or set " + POSTGRES_PASSWORD);
      return "";
    }
  }

  private int number(String key, int otherwise, int least, int most) {
    var text = optional(key, Integer.toString(otherwise));
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most)
        return number;
    } catch (NumberFormatException e) {
      // told below, with the range
    }
    faults.add(
        key + " '" + text + "' is not a number from " + least + " to " + most + ": such as " + otherwise);
    return otherwise;
  }

  private Path path(String key, Path otherwise) {
    var text = optional(key, otherwise.toString());
    try {
      return Path.of(text).toAbsolutePath();
    } catch (InvalidPathException e) {
      faults.add(key + " '" + text + "' is not a path: such as " + otherwise);
      return otherwise;
    }
  }

  private static boolean isHttp(String text) {
    try {
      var uri = new URI(text);
      return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
