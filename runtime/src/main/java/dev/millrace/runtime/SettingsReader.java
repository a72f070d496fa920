package dev.millrace.runtime;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads settings from texts, and collects all that is wrong with them instead of stopping at the first. */
final class SettingsReader {
  static final String KAFKA = "millrace.kafka.bootstrap-servers";
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
  static final String STATE_DIRECTORY = "millrace.state.directory";

  private static final Pattern SERVERS = Pattern
      .compile("(\\[[0-9a-fA-F:.]+]|[^\\s,:/]+):\\d{1,5}(,(\\[[0-9a-fA-F:.]+]|[^\\s,:/]+):\\d{1,5})*");

  private final Function<String, Optional<String>> source;
  private final List<String> faults = new ArrayList<>();

  SettingsReader(Function<String, Optional<String>> source) {
    this.source = key -> source.apply(key).map(String::strip);
  }

  Settings read() {
    var kafka = required(KAFKA, "127.0.0.1:9092",
        text -> SERVERS.matcher(text.replace(" ", "")).matches(), "is not host:port, nor several with commas")
        .replace(" ", "");
    var registry = required(REGISTRY, "http://127.0.0.1:8081", SettingsReader::isHttp,
        "is not an http address");
    var url = required(POSTGRES_URL, "jdbc:postgresql://127.0.0.1:5432/millrace",
        text -> text.startsWith("jdbc:postgresql:"), "is not a JDBC address of PostgreSQL");
    var user = required(POSTGRES_USER, "millrace", text -> true, "");
    var connections = number(POSTGRES_CONNECTIONS, 16, 2, 1_000);
    var port = number(HTTP_PORT, 8080, 0, 65_535);
    var partitions = number(PARTITIONS, 6, 1, 10_000);
    var host = optional(HTTP_HOST, "127.0.0.1");
    var name = optional(SOURCE, "/millrace");
    var state = path(STATE_DIRECTORY, Path.of(System.getProperty("java.io.tmpdir"), "millrace-state"));
    var password = password();
    if (!faults.isEmpty())
      throw new StartException(StartException.Code.CONFIGURATION, faults);
    return new Settings(kafka, URI.create(registry), url, user, password,
        connections, host, port, name, partitions, state);
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
