/** What connects a database to the log: the relay that brings the entries of an outbox. */
@NullMarked
package dev.millrace.connect;

import org.jspecify.annotations.NullMarked;
