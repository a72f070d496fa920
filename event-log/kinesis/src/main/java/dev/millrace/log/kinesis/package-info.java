/** The log on Amazon Kinesis: {@link dev.millrace.log.kinesis.KinesisLog}. */
@NullMarked
package dev.millrace.log.kinesis;

import org.jspecify.annotations.NullMarked;
