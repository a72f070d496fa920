package dev.millrace.example.retail;

import dev.millrace.schema.Event;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import shop.customers.CustomerMoved;
import shop.customers.CustomerRegistered;

/** Who the customers are and where they live. */
final class CustomerService implements DirectService {
  private final Map<String, String> countries = new HashMap<>();

  @Override
  public String name() {
    return "customers";
  }

  @Override
  public List<Event> hear(Invoice invoice) {
    if (invoice.customerId().isEmpty())
      return List.of();
    var customer = invoice.customerId().get();
    var before = countries.put(customer, invoice.country());
    if (before == null)
      return List.of(new CustomerRegistered(customer, invoice.country(), invoice.time()));
    if (before.equals(invoice.country()))
      return List.of();
    return List.of(new CustomerMoved(customer, invoice.country(), invoice.time()));
  }
}
