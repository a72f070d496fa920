/**
 * The application: it joins the log, the registry and the database, hosts projections, stream apps and relays, and answers
 * queries over HTTP. {@link dev.millrace.runtime.MillraceRuntime} starts it inside any program,
 * {@link dev.millrace.runtime.Main} as one of its own.
 */
@NullMarked
package dev.millrace.runtime;

import org.jspecify.annotations.NullMarked;
