/**
 * Where an event was written: streams, their partitions, positions in them, and the reader and the writer that every log
 * offers. The nouns are the same on Kafka and on Kinesis.
 */
@NullMarked
package dev.millrace.log;

import org.jspecify.annotations.NullMarked;
