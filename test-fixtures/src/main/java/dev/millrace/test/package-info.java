/** What the tests of several modules share: sizes and seeds, child processes, and faults of a service. */
@org.jspecify.annotations.NullMarked
package dev.millrace.test;
