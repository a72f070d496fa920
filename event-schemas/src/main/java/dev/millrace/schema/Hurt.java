package dev.millrace.schema;

/** Whom a change hurts. */
public enum Hurt {
  /** Those that read with the newer schema what was written under the older one: every replay does. */
  NEW_READERS("new readers of old events"),
  /** Those that read with the older schema what is written under the newer one: services that are not upgraded yet. */
  OLD_READERS("old readers of new events");

  private final String words;

  Hurt(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
