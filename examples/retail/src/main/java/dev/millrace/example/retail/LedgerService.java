package dev.millrace.example.retail;

import dev.millrace.schema.Event;
import java.util.List;
import shop.ledger.DebtAdjusted;

/** Adjustments of the books. */
final class LedgerService implements DirectService {
  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public List<Event> hear(Invoice invoice) {
    if (invoice.kind() != Invoice.Kind.DEBT_ADJUSTMENT)
      return List.of();
    return List.of(new DebtAdjusted(invoice.number(), invoice.country(), invoice.amount(), invoice.time()));
  }
}
