/**
 * An online shop, end to end: its services publish what happens, a stream app joins, projections keep the views. On the
 * invoices of a real shop, or on generated ones.
 */
@NullMarked
package dev.millrace.example.retail;

import org.jspecify.annotations.NullMarked;
