package dev.millrace.schema;

import test.ledger.AccountCredited;
import test.ledger.Kind;
import test.ledger.Money;

/** From the second major version of a generated event to the third. */
public final class MoneyFromAmount
    implements
      Upcaster<test.ledger.accountcredited.v4.AccountCredited, AccountCredited> {
  @Override
  public AccountCredited upcast(test.ledger.accountcredited.v4.AccountCredited former) {
    return new AccountCredited(former.account(), new Money(former.amount(), "EUR"),
        Kind.valueOf(former.kind().name()), former.note());
  }
}
