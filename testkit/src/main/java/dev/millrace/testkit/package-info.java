/** Given, when, then for what is built on Millrace. */
@NullMarked
package dev.millrace.testkit;

import org.jspecify.annotations.NullMarked;
