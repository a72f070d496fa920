/**
 * Joins and windows over event streams: Kafka Streams apps with typed streams, envelopes on what they derive, names for
 * all that they keep, and a host that runs them exactly once.
 */
@NullMarked
package dev.millrace.streams;

import org.jspecify.annotations.NullMarked;
