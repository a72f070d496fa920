package dev.millrace.runtime;

import dev.millrace.view.Projection;
import java.util.List;

/** What a runtime hosts. */
record Parts(List<Projection<?>> projections) {
  Parts { projections = List.copyOf(projections); }
}
