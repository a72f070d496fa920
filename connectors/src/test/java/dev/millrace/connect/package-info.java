@NullMarked
package dev.millrace.connect;

import org.jspecify.annotations.NullMarked;
