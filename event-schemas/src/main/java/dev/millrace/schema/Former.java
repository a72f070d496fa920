package dev.millrace.schema;

/** How events of the major version before are read: as that version's record, which is upcast then. */
record Former<F extends Event>(EventType<F> type, Upcaster<? super F, ?> upcaster) {
  Object upcast(Object event) {
    try {
      return upcaster.upcast(type.javaClass().cast(event));
    } catch (RuntimeException e) {
      throw PathException
          .unreadable(upcaster.getClass().getName() + " does not take an event of " + type + ": " + e);
    }
  }
}
