@NullMarked
package dev.millrace.schema;

import org.jspecify.annotations.NullMarked;
