/**
 * What was said: the envelope around an event, the event type with its contract, the codec that turns one into
 * bytes and back, the check of a schema change, and the client of the registry that numbers the schemas.
 */
@NullMarked
package dev.millrace.schema;

import org.jspecify.annotations.NullMarked;
