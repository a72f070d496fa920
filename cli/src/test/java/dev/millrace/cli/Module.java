package dev.millrace.cli;

/** The modules, what each may import of ours and of others, and whether it speaks to a database. */
enum Module {
  FIXTURES("test-fixtures", false, "dev.millrace.test", "org.junit..", "org.awaitility..",
      "software.amazon.awssdk.."),
  SCHEMA("event-schemas", false, "dev.millrace.schema..", "org.apache.avro..", "com.fasterxml.jackson..",
      "javax.lang.model"),
  LOG("event-log/core", false, "dev.millrace.log", "dev.millrace.schema"),
  TCK("event-log/tck", false, "dev.millrace.log", "dev.millrace.log.tck", "dev.millrace.schema",
      "dev.millrace.test", "org.junit..", "org.assertj..", "org.awaitility.."),
  KAFKA("event-log/kafka", false, "dev.millrace.log", "dev.millrace.log.kafka", "dev.millrace.schema",
      "org.apache.kafka.."),
  // a database for what Kinesis has no place for: the leases of groups and the marks of batch writers
  KINESIS("event-log/kinesis", true, "dev.millrace.log", "dev.millrace.log.kinesis", "dev.millrace.schema",
      "software.amazon.awssdk..", "org.reactivestreams"),
  PUBLISH("producers", true, "dev.millrace.publish", "dev.millrace.log", "dev.millrace.schema"),
  STREAMS("stream-processors", false, "dev.millrace.streams", "dev.millrace.log", "dev.millrace.log.kafka",
      "dev.millrace.schema", "org.apache.kafka..", "org.apache.avro"),
  // Jackson for the columns of a row that are JSON
  VIEW("projections", true, "dev.millrace.view", "dev.millrace.log", "dev.millrace.schema",
      "org.postgresql..", "com.fasterxml.jackson.."),
  CONNECT("connectors", true, "dev.millrace.connect", "dev.millrace.publish", "dev.millrace.log",
      "dev.millrace.schema",
      "io.debezium..", "org.apache.kafka.connect..", "org.postgresql.."),
  DEV("dev-runtime", true, "dev.millrace.dev", "dev.millrace.schema", "kafka..", "org.apache.kafka..",
      "scala..",
      "io.zonky.test..", "org.postgresql..", "com.sun.net.httpserver", "com.fasterxml.jackson..",
      "org.apache.avro.."),
  RUNTIME("runtime", true, "dev.millrace.runtime..", "dev.millrace.connect", "dev.millrace.view",
      "dev.millrace.streams",
      "dev.millrace.publish", "dev.millrace.log..", "dev.millrace.schema", "io.micronaut..",
      "io.micrometer..",
      "io.opentelemetry..", "io.swagger..", "org.apache.avro", "jakarta..", "reactor..",
      "org.reactivestreams",
      "com.zaxxer.hikari.."),
  TESTKIT("testkit", true, "dev.millrace.testkit", "dev.millrace.view", "dev.millrace.streams",
      "dev.millrace.log..",
      "dev.millrace.schema", "org.apache.kafka..", "org.assertj.."),
  RETAIL("examples/retail", true, "dev.millrace..", "org.apache.commons.csv", "shop..", "org.apache.kafka..",
      "com.fasterxml.jackson..",
      "io.micronaut..", "org.postgresql.."),
  BENCH("benchmarks", true, "dev.millrace..", "bench..", "org.apache.kafka..", "software.amazon.awssdk..",
      "com.sun.management", "com.sun.net.httpserver..", "javax.net.ssl..", "software.amazon.kinesis..",
      "com.google.common.util.concurrent..", "org.apache.avro..",
      "org.postgresql..",
      "com.fasterxml.jackson..", "org.HdrHistogram.."),
  // connect for what a bridge says of itself
  CLI("cli", false, "dev.millrace.cli", "dev.millrace.dev", "dev.millrace.runtime", "dev.millrace.connect",
      "dev.millrace.example..",
      "dev.millrace.bench..", "dev.millrace.schema", "picocli", "com.fasterxml.jackson..", "org.apache.avro",
      "javax.xml.stream");

  private static final String EVERYBODY = "java.. javax.sql.. javax.annotation.. jdk.jfr.. org.jspecify.. org.slf4j..";

  private final String folder;
  private final boolean sql;
  private final String imports;

  Module(String folder, boolean sql, String... imports) {
    this.folder = folder;
    this.sql = sql;
    this.imports = EVERYBODY + " " + String.join(" ", imports);
  }

  String folder() {
    return folder;
  }

  boolean mayUseSql() {
    return sql;
  }

  String[] mayImport() {
    return imports.split(" ", -1);
  }
}
