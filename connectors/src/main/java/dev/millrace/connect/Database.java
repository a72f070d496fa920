package dev.millrace.connect;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

import org.postgresql.Driver;

import dev.millrace.connect.RelayException.Code;

/** Where the outbox is, and as whom. Never shows the password. */
record Database(String url, String user, String password) {
  private static final Set<String> ADDRESS = Set.of("PGHOST", "PGPORT", "PGDBNAME", "user", "password");

  Database {
    if (Driver.parseURL(url, new Properties()) == null) {
      throw new IllegalArgumentException("the outbox's database has no such address as '" + url
          + "': give one such as jdbc:postgresql://localhost:5432/sales");
    }
  }

  /** A new connection that commits by itself. Does not wait for ever for a server that is gone. */
  Connection connect(String applicationName) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("ApplicationName", applicationName);
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "60");
    properties.setProperty("tcpKeepAlive", "true");
    return DriverManager.getConnection(url, properties);
  }

  String host() {
    return part("PGHOST");
  }

  String port() {
    return part("PGPORT");
  }

  /** The two as one word of letters, digits, dots and dashes. */
  String hostAndPort() {
    return (host() + "-" + port()).replaceAll("[^A-Za-z0-9.-]", "-");
  }

  String name() {
    return part("PGDBNAME");
  }

  /** What else stands in the address, such as {@code sslmode}. */
  Map<String, String> options() {
    return parsed().stringPropertyNames().stream().filter(name -> !ADDRESS.contains(name))
        .collect(Collectors.toMap(name -> name, this::part));
  }

  private String part(String name) {
    return String.valueOf(parsed().getProperty(name));
  }

  private Properties parsed() {
    var parsed = Driver.parseURL(url, new Properties());
    return parsed == null ? new Properties() : parsed;
  }

  RelayException failed(SQLException e) {
    return new RelayException(Code.DATABASE, "the outbox's database " + this + ": " + e.getMessage(), e);
  }

  @Override
  public String toString() {
    return host() + ":" + port() + "/" + name() + " as " + user;
  }
}
