/** The log on Apache Kafka: {@link dev.millrace.log.kafka.KafkaLog} and its configuration. */
@NullMarked
package dev.millrace.log.kafka;

import org.jspecify.annotations.NullMarked;
