/**
 * How an event is said: by a {@link dev.millrace.publish.Publisher} straight to the log, or by an {@link
 * dev.millrace.publish.Outbox} in the transaction of the service's own database.
 */
@NullMarked
package dev.millrace.publish;

import org.jspecify.annotations.NullMarked;
