/**
 * The real servers on a laptop and in tests: Kafka in this process, PostgreSQL beside it, and a schema registry on
 * PostgreSQL; and a Kinesis where Node.js is present. They listen on the loopback interface only, and ask for no password.
 */
@NullMarked
package dev.millrace.dev;

import org.jspecify.annotations.NullMarked;
