package dev.millrace.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import dev.millrace.log.StreamName;
import dev.millrace.log.WriteToken;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.millrace.dev.SharedServers;
import dev.millrace.log.LogEntry;
import dev.millrace.publish.PublishException.Code;
import dev.millrace.schema.Envelope;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaException;
import dev.millrace.schema.SchemaRegistry;

class OutboxTest {
  private static final Instant NOW = Instant.parse("2026-11-21T08:00:00.123456789Z");
  private static final EventCodec CODEC = EventCodec.of(SchemaRegistry.inMemory());
  private static DataSource database;

  private final Outbox outbox = Outbox.builder(CODEC).source("/test").clock(Clock.fixed(NOW, ZoneOffset.UTC))
      .build();

  @BeforeAll
  static void createDatabase() throws SQLException {
    database = SharedServers.createDatabase();
    try (var connection = database.getConnection()) {
      Outbox.createTable(connection);
      execute(connection, "create table business (id bigint primary key)");
    }
  }

  @BeforeEach
  void emptyTables() throws SQLException {
    try (var connection = database.getConnection()) {
      execute(connection, "truncate millrace_outbox, business");
    }
  }

  @Test
  void a_committed_entry_is_read_as_it_was_appended() throws SQLException {
    var cause = Envelope.of("cause-1", "/other", "test.Other", NOW, "x");
    Envelope said;
    try (var connection = transaction()) {
      said = outbox.append(connection, Said.by("grün 🌱", 7), envelope -> envelope.causedBy(cause))
          .envelope();
      connection.commit();
    }

    var entry = entries().getFirst();

    assertThat(entry.envelope()).isEqualTo(said);
    assertThat(said.time()).isEqualTo(NOW);
    assertThat(said.causationId()).contains("cause-1");
    assertThat(said.subject()).isEqualTo("grün 🌱");
    assertThat(entry.stream().value()).isEqualTo(Said.STREAM);
    assertThat(CODEC.decoder(List.of(Said.TYPE)).decode(entry.payload())).contains(Said.by("grün 🌱", 7));
  }

  @Test
  void what_was_appended_has_a_token_that_says_where_to_look_for_it() throws SQLException {
    try (var connection = transaction()) {
      var appended = outbox.append(connection, Said.by("a", 1), envelope -> envelope.withTime(Instant.EPOCH));

      assertThat(WriteToken.parse(appended.token().text())).isEqualTo(new WriteToken.Coming(
          StreamName.of(Said.STREAM), appended.envelope().id(), NOW.truncatedTo(ChronoUnit.MILLIS)));
    }
  }

  @Test
  void a_rollback_leaves_nothing() throws SQLException {
    try (var connection = transaction()) {
      execute(connection, "insert into business values (1)");
      outbox.append(connection, Said.by("a", 1));
      connection.rollback();
    }

    assertThat(entries()).isEmpty();
  }

  @Test
  void a_rollback_to_a_savepoint_takes_back_what_came_after_it() throws SQLException {
    try (var connection = transaction()) {
      outbox.append(connection, Said.by("a", 1));
      var savepoint = connection.setSavepoint();
      outbox.append(connection, Said.by("a", 2));
      connection.rollback(savepoint);
      outbox.append(connection, Said.by("a", 3));
      connection.commit();
    }

    assertThat(numbers()).containsExactly(1L, 3L);
  }

  @Test
  void several_events_keep_their_order() throws SQLException {
    try (var connection = transaction()) {
      var envelopes = outbox.appendAll(connection,
          List.of(Said.by("a", 1), Said.by("b", 2), Said.by("a", 3)));
      connection.commit();

      assertThat(envelopes).extracting(appended -> appended.envelope().subject()).containsExactly("a", "b",
          "a");
    }
    assertThat(numbers()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void a_connection_that_commits_by_itself_is_refused() throws SQLException {
    try (var connection = database.getConnection()) {
      assertThatExceptionOfType(PublishException.class)
          .isThrownBy(() -> outbox.append(connection, Said.by("a", 1)))
          .satisfies(e -> assertThat(e.code()).isEqualTo(Code.NO_TRANSACTION))
          .withMessageContaining("setAutoCommit(false)");
    }

    assertThat(entries()).isEmpty();
  }

  @Test
  void an_event_that_does_not_fit_fails_in_the_transaction_and_leaves_it_usable() throws SQLException {
    try (var connection = transaction()) {
      outbox.append(connection, Said.by("a", 1));
      assertThatExceptionOfType(SchemaException.class)
          .isThrownBy(() -> outbox.append(connection, Said.misfit("a")))
          .satisfies(e -> assertThat(e.code()).isEqualTo(SchemaException.Code.MISFIT))
          .withMessageContaining("text");
      outbox.append(connection, Said.by("a", 2));
      connection.commit();
    }

    assertThat(numbers()).containsExactly(1L, 2L);
  }

  @Test
  void an_older_version_can_be_written() throws SQLException {
    var old = Outbox.builder(CODEC).source("/test").writing(Said.TYPE.at(1)).build();
    try (var connection = transaction()) {
      old.append(connection, Said.by("a", 1));
      connection.commit();
    }

    assertThat(CODEC.decodeAny(entries().getFirst().payload()).fields()).doesNotContainKey("text");
  }

  @Test
  void a_database_without_the_table_says_how_to_make_it() throws SQLException {
    try (var connection = SharedServers.createDatabase().getConnection()) {
      connection.setAutoCommit(false);

      assertThatExceptionOfType(PublishException.class)
          .isThrownBy(() -> outbox.append(connection, Said.by("a", 1)))
          .satisfies(e -> assertThat(e.code()).isEqualTo(Code.NO_OUTBOX))
          .withMessageContaining("Outbox.createTable");
    }
  }

  @Test
  void services_that_start_together_all_find_the_table() throws Exception {
    var database = SharedServers.createDatabase();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var creations = new ArrayList<Future<?>>();
      for (int i = 0; i < 6; i++) {
        creations.add(threads.submit(() -> {
          try (var connection = database.getConnection()) {
            Outbox.createTable(connection);
          }
          return null;
        }));
      }
      for (var creation : creations) {
        creation.get();
      }
    }

    try (var connection = database.getConnection()) {
      assertThat(count(connection,
          "select count(*) from pg_publication_tables where pubname = 'millrace_outbox_pub'"))
          .isEqualTo(1);
    }
  }

  @Test
  void a_service_needs_no_right_but_to_insert() throws SQLException {
    var service = SharedServers.uniqueName("service");
    try (var connection = database.getConnection()) {
      execute(connection, "create role %s; grant insert on millrace_outbox to %s; set role %s"
          .formatted(service, service, service));
      connection.setAutoCommit(false);
      outbox.append(connection, Said.by("a", 1));
      connection.commit();
    }

    assertThat(numbers()).containsExactly(1L);
  }

  private static Connection transaction() throws SQLException {
    var connection = database.getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private static List<Long> numbers() throws SQLException {
    var decoder = CODEC.decoder(List.of(Said.TYPE));
    return entries().stream().map(entry -> ((Said) decoder.decode(entry.payload()).orElseThrow()).number())
        .toList();
  }

  private static List<LogEntry> entries() throws SQLException {
    try (var connection = database.getConnection();
        var query = connection.prepareStatement("select array_agg(id order by id) from millrace_outbox");
        var row = query.executeQuery()) {
      row.next();
      var array = row.getArray(1);
      if (array == null)
        return List.of();
      var ids = (Long[]) array.getArray();
      var rows = OutboxTable.read(connection, List.of(ids).stream().mapToLong(Long::longValue).toArray());
      return List.of(ids).stream().map(rows::get).toList();
    }
  }

  private static long count(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement(); var row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
