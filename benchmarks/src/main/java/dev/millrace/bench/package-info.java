/** Every figure that the README quotes: each beside a peer, in one run, on one machine. */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
