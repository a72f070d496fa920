/**
 * The {@code millrace} command. Data goes to standard output and everything else to standard error; the exit
 * code is 0 for success, 1 for a failure and 2 for a command line that cannot be understood.
 */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
