package dev.millrace.runtime;

import jakarta.inject.Singleton;
import java.util.List;

/** The parts that this process hosts. */
@Singleton
final class PartList {
  private final List<Part> all;

  PartList(Views views) {
    this.all = views.all().stream().<Part>map(ViewPart::new).toList();
  }

  List<Part> all() {
    return all;
  }
}
