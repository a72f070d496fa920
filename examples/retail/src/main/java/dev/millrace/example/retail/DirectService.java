package dev.millrace.example.retail;

import dev.millrace.schema.Event;
import java.util.List;

/**
 * A service without a database: it hears invoices, says what is new, and publishes that directly. What it says depends on
 * nothing but the invoices it has heard, in their order; so after a crash it hears them again and is where it was. Owned by
 * one thread.
 */
interface DirectService {
  /** The service's name, such as {@code catalog}. */
  String name();

  /** What the service has to say about the invoice. */
  List<Event> hear(Invoice invoice);
}
