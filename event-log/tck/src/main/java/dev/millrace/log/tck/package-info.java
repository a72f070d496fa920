/**
 * What every log must do. An adapter implements {@link dev.millrace.log.tck.LogFixture} and runs all of it through one
 * test class that implements {@link dev.millrace.log.tck.LogConformance}.
 */
@NullMarked
package dev.millrace.log.tck;

import org.jspecify.annotations.NullMarked;
