package dev.millrace.example.retail;

import shop.archive.Amount;
import shop.archive.SaleArchived;

/** The archive's second major version has amounts in thousandths of their currency. */
public final class AmountFromTotal
    implements
      dev.millrace.schema.Upcaster<shop.archive.salearchived.v2.SaleArchived, SaleArchived> {
  @Override
  public SaleArchived upcast(shop.archive.salearchived.v2.SaleArchived former) {
    return new SaleArchived(former.invoice(), former.country(),
        new Amount(former.total().unscaledValue().longValueExact(), former.currency()));
  }
}
