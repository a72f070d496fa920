package dev.millrace.log.kinesis;

import java.util.Optional;

/**
 * The marks of all batch writers, in the database. Each has an epoch, which is raised whenever its name is taken: whoever
 * raised it last has the name. Safe for use by many threads.
 *
 * @param scope what tells this log's writers from those of the same name on another, such as the prefix of its streams
 */
record Marks(Database database, String scope) {
  private static final String TAKE = """
      INSERT INTO millrace.kinesis_mark AS m (writer, epoch, updated_at) VALUES (?, 1, clock_timestamp())
      ON CONFLICT (writer) DO UPDATE SET epoch = m.epoch + 1, updated_at = excluded.updated_at
      RETURNING epoch, mark
      """;
  private static final String CHECK = "SELECT 1 FROM millrace.kinesis_mark WHERE writer = ? AND epoch = ?";
  private static final String MOVE = """
      UPDATE millrace.kinesis_mark SET mark = ?, updated_at = clock_timestamp() WHERE writer = ? AND epoch = ?
      """;

  /**
   * A name that was taken.
   *
   * @param epoch the number under which it is held
   * @param mark the last one, by whichever writer
   */
  record Taken(long epoch, Optional<String> mark) {}

  /** Takes the name from whoever has it. */
  Taken take(String name) {
    return database.transaction("taking the name of the batch writer '" + name + "'", connection -> {
      try (var statement = connection.prepareStatement(TAKE)) {
        statement.setString(1, key(name));
        try (var rows = statement.executeQuery()) {
          rows.next();
          return new Taken(rows.getLong(1), Optional.ofNullable(rows.getString(2)));
        }
      }
    });
  }

  /** Whether nobody has taken the name since. */
  boolean isHeld(String name, long epoch) {
    return database.transaction("checking the name of the batch writer '" + name + "'", connection -> {
      try (var statement = connection.prepareStatement(CHECK)) {
        statement.setString(1, key(name));
        statement.setLong(2, epoch);
        try (var rows = statement.executeQuery()) {
          return rows.next();
        }
      }
    });
  }

  /** Moves the mark; false where somebody has taken the name since. */
  boolean move(String name, long epoch, String mark) {
    return database.transaction("moving the mark of the batch writer '" + name + "'", connection -> {
      try (var statement = connection.prepareStatement(MOVE)) {
        statement.setString(1, mark);
        statement.setString(2, key(name));
        statement.setLong(3, epoch);
        return statement.executeUpdate() == 1;
      }
    });
  }

  private String key(String name) {
    return scope + "/" + name;
  }
}
