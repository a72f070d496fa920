package dev.millrace.schema;

/**
 * Makes of an event as a former major version had it the event as the next one has it. A plain function: the same event
 * gives the same result, whenever and wherever it is asked.
 *
 * <p>A version that begins a new major version names its upcaster beside its fields, as {@code "upcaster":
 * "shop.sales.PaidFromV2"}: a class with a constructor that takes nothing. The former version's record is generated into
 * a package of its own, {@code shop.sales.paid.v2}, and is an event too, for tests. The codec applies upcasters one after another when it reads, so that a
 * replay of years of history reaches today's code in today's shape, and so does what was parked.
 *
 * @param <F> the record of the former major version's last version
 * @param <T> the record of the next major version's last version
 */
@FunctionalInterface
public interface Upcaster<F, T> {
  /** The event in its next form. What is thrown is the event's fault: it is parked, or given back to the caller. */
  T upcast(F former);
}
