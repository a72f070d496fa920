@NullMarked
package dev.millrace.dev;

import org.jspecify.annotations.NullMarked;
