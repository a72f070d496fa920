package dev.millrace.dev;

import static dev.millrace.dev.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.dev.DevException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevPostgresTest {
  @Test
  void rows_are_there_after_a_restart(@TempDir Path folder) throws Exception {
    try (var postgres = DevPostgres.builder().dataDir(folder).start()) {
      var shop = postgres.createDatabase("shop");
      run(shop, "CREATE TABLE t (v text)");
      run(shop, "INSERT INTO t VALUES ('x')");
    }

    try (var postgres = DevPostgres.builder().dataDir(folder).start()) {
      assertThat(text(postgres.createDatabase("shop"), "SELECT v FROM t")).isEqualTo("x");
    }
  }

  @Test
  @Tag("acceptance")
  void a_session_that_does_not_end_keeps_no_start_away(@TempDir Path folder) throws Exception {
    var postgres = DevPostgres.builder().dataDir(folder).start();
    var session = postgres.dataSource().getConnection();
    long process = Long.parseLong(text(session, "SELECT pg_backend_pid()"));
    assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(process)).start().waitFor()).isZero();
    postgres.close();

    try (var again = DevPostgres.builder().dataDir(folder).start()) {
      assertThat(text(again.dataSource(), "SELECT 1")).isEqualTo("1");
    } finally {
      session.abort(Runnable::run);
    }
  }

  @Test
  void commits_are_durable_and_logical_replication_is_on() throws Exception {
    try (var postgres = DevPostgres.start()) {
      var expected = Map.of("fsync", "on", "synchronous_commit", "on", "wal_level", "logical",
          "listen_addresses",
          "127.0.0.1", "max_slot_wal_keep_size", "2GB");

      for (var setting : List.copyOf(expected.entrySet())) {
        assertThat(text(postgres.dataSource(), "SHOW " + setting.getKey())).isEqualTo(setting.getValue());
      }
    }
  }

  @Test
  void a_server_that_cannot_start_says_why_at_once(@TempDir Path folder) throws Exception {
    var refused = catchThrowable(
        () -> DevPostgres.builder().dataDir(folder).set("shared_buffers", "nonsense").start());
    var sinceItGaveUp = Duration
        .between(Files.getLastModifiedTime(folder.resolve("postgres.log")).toInstant(), Instant.now());

    assertRefused(Code.NOT_STARTED, () -> {
      throw refused;
    }, "shared_buffers", "postgres.log");
    // The library that starts the server waits for a minute, and fails with another exception.
    assertThat(refused).hasCauseInstanceOf(TimeoutException.class);
    assertThat(sinceItGaveUp).isLessThan(Duration.ofSeconds(50));
    try (var postgres = DevPostgres.builder().dataDir(folder).start()) {
      assertThat(text(postgres.dataSource(), "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void a_cluster_that_was_left_half_made_is_made_anew(@TempDir Path folder) throws Exception {
    var halfMade = Files.createDirectory(folder.resolve("cluster-1"));
    Files.writeString(halfMade.resolve("postgresql.conf"), "");

    try (var postgres = DevPostgres.builder().dataDir(folder).start()) {
      assertThat(text(postgres.dataSource(), "SELECT 1")).isEqualTo("1");
      assertThat(halfMade).doesNotExist();
    }
  }

  @Test
  void a_folder_of_another_version_is_refused(@TempDir Path folder) throws Exception {
    var cluster = Files.createDirectory(folder.resolve("cluster-1"));
    Files.writeString(folder.resolve("current"), "cluster-1\n");
    Files.writeString(cluster.resolve("PG_VERSION"), "12\n");

    assertRefused(Code.OTHER_VERSION, () -> DevPostgres.builder().dataDir(folder).start(), folder.toString(),
        "PostgreSQL 12", "--data-dir");
  }

  @Test
  void a_server_that_stops_by_itself_is_noticed_and_a_second_one_on_its_folder_refused(@TempDir Path folder)
      throws Exception {
    try (var postgres = DevPostgres.builder().dataDir(folder).start()) {
      assertThat(postgres.failure()).isEmpty();
      assertRefused(Code.FOLDER_IN_USE, () -> DevPostgres.builder().dataDir(folder).start(),
          folder.toString());
      assertRefused(Code.PORT_TAKEN, () -> DevPostgres.builder().port(postgres.port()).start(),
          "port " + postgres.port(), "--postgres-port");

      PostgresFolder.stopLeftovers(folder);

      assertThat(postgres.failure()).get().asString().contains("has stopped");
    }
  }

  @Test
  void temporary_folders_go_at_close_and_those_of_dead_processes_at_the_next_start() throws Exception {
    var temporary = Path.of(System.getProperty("java.io.tmpdir"));
    var dead = Files
        .createDirectories(temporary.resolve("millrace-postgres-" + Long.MAX_VALUE + "-x/cluster-y"));
    Path folder;

    try (var postgres = DevPostgres.start()) {
      folder = Path.of(text(postgres.dataSource(), "SHOW data_directory")).getParent();
      assertThat(folder).isDirectory().hasParent(temporary);
      assertThat(dead).doesNotExist();
    }
    assertThat(folder).doesNotExist();
  }

  private static void run(DataSource database, String sql) throws SQLException {
    try (var connection = database.getConnection(); var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(DataSource database, String sql) throws SQLException {
    try (var connection = database.getConnection()) {
      return text(connection, sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement(); var row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}
