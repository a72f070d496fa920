package dev.millrace.dev;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What may be done with a subject, in the words of the protocol. */
enum RegistryMode {
  /** Everything. */
  READWRITE,
  /** Nothing is changed. */
  READONLY,
  /** Nothing is changed, whatever the mode of a subject is; for the registry as a whole. */
  READONLY_OVERRIDE,
  /** Schemas come with the ids that they had elsewhere. */
  IMPORT;

  /** @throws RegistryError 42204 */
  static RegistryMode parse(String name) {
    return Arrays.stream(values()).filter(mode -> mode.name().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new RegistryError(42204,
            "Invalid mode '" + name + "'. Valid values are " + List.of(values())));
  }

  /** @throws RegistryError 42205 where a subject in this mode is not to be changed */
  void requireWritable(String subject) {
    switch (this) {
      case READONLY, READONLY_OVERRIDE ->
        throw new RegistryError(42205, "Subject " + subject + " is in read-only mode");
      case READWRITE, IMPORT -> {
      }
    }
  }
}
