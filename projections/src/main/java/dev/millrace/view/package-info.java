/**
 * Read models: a view is a record, a projection is a fold of events into its rows, a runner keeps them in PostgreSQL
 * exactly once, a rebuild makes them anew beside the live ones, and a read model answers questions.
 */
@NullMarked
package dev.millrace.view;

import org.jspecify.annotations.NullMarked;
