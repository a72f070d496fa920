package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
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

  private static void run(DataSource database, String sql) throws SQLException {
    try (var connection = database.getConnection(); var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(DataSource database, String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}
