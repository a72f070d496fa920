package dev.millrace.dev;

import javax.sql.DataSource;

/** One server for the tests of this module that need a database and nothing else of it; it stops with the process. */
final class SharedPostgres {
  private static final DevPostgres SERVER = DevPostgres.start();

  private SharedPostgres() {}

  static DataSource database(String name) {
    return SERVER.createDatabase(name);
  }
}
