package dev.millrace.schema;

import org.jspecify.annotations.Nullable;

/** How events of the major version before are read: as that version's record, which is upcast then. */
record Former<F extends Event>(EventType<F> type, Upcaster<? super F, ?> upcaster) {
  Object upcast(Object event) {
    @Nullable
    Object next;
    try {
      next = upcaster.upcast(type.javaClass().cast(event));
    } catch (RuntimeException e) {
      throw PathException
          .unreadable(upcaster.getClass().getName() + " does not take an event of " + type + ": " + e);
    }
    if (next == null)
      throw PathException.unreadable(upcaster.getClass().getName() + " makes nothing of an event of " + type);
    return next;
  }
}
