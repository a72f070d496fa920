package dev.millrace.schema;

import java.math.BigDecimal;

/** From the first major version of a generated event to the second. */
public final class AmountFromCents
    implements
      Upcaster<test.ledger.accountcredited.v2.AccountCredited, test.ledger.accountcredited.v4.AccountCredited> {
  @Override
  public test.ledger.accountcredited.v4.AccountCredited upcast(
      test.ledger.accountcredited.v2.AccountCredited former) {
    if (former.cents() < 0)
      throw new IllegalArgumentException("a credit of " + former.cents());
    return new test.ledger.accountcredited.v4.AccountCredited(former.account(),
        BigDecimal.valueOf(former.cents(), 2), switch (former.kind()) {
          case CASH -> test.ledger.accountcredited.v4.Kind.CASH;
          case CARD -> test.ledger.accountcredited.v4.Kind.CARD;
        }, null);
  }
}
