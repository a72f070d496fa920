package dev.millrace.example.retail;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;

/**
 * A smaller shop of the same shape, for when there is no file: guests and customers, cancellations, write-offs and one bad
 * debt over a year. The same rows at every call.
 */
final class GeneratedShop {
  private static final int INVOICES = 2_000;
  private static final int PRODUCTS = 400;
  private static final int CUSTOMERS = 300;
  private static final LocalDateTime OPENING = LocalDateTime.parse("2010-12-01T08:26:00");
  private static final List<String> COUNTRIES = List.of("United Kingdom", "United Kingdom", "United Kingdom",
      "Germany",
      "France", "EIRE", "Japan", "Channel Islands");
  private static final List<String> COLOURS = List.of("RED", "WHITE", "IVORY", "PINK", "CRÈME", "BLUE");
  private static final List<String> THINGS = List.of("HANGING HEART T-LIGHT HOLDER", "METAL LANTERN",
      "HOT WATER BOTTLE",
      "RETROSPOT TEA SET, 21 PIECES", "\"\"LOVE\"\" SIGN", "CHRISTMAS BAUBLE");

  private final Random random = new Random(20101201);
  private final StringBuilder csv = new StringBuilder(2 << 20);

  private GeneratedShop() {}

  /** The shop's year as the text of a CSV file. */
  static String csv() {
    return new GeneratedShop().generate();
  }

  private String generate() {
    csv.append(String.join(",", InvoiceReader.HEADER)).append('\n');
    var time = OPENING;
    for (int invoice = 0; invoice < INVOICES; invoice++) {
      time = time.plusMinutes(20 + random.nextInt(480));
      invoice(536_365 + invoice, time);
    }
    return csv.toString();
  }

  private void invoice(int number, LocalDateTime time) {
    int customer = random.nextInt(CUSTOMERS * 4 / 3);
    boolean guest = customer >= CUSTOMERS;
    var customerId = guest ? "" : String.valueOf(12_346 + customer);
    var country = COUNTRIES.get(guest ? 0 : customer % COUNTRIES.size());
    int what = random.nextInt(100);
    if (number == 536_365 + INVOICES / 2) {
      row("A" + number, "B", "Adjust bad debt", 1, time, "-110.62", "", "United Kingdom");
    } else if (what < 5) {
      int product = random.nextInt(PRODUCTS);
      row(String.valueOf(number), code(product), "damaged", -1 - random.nextInt(50), time, "0.0", "",
          "United Kingdom");
    } else {
      boolean cancelled = what < 18;
      int lines = cancelled ? 1 + random.nextInt(3) : 1 + random.nextInt(24);
      for (int line = 0; line < lines; line++) {
        int product = random.nextInt(PRODUCTS);
        int quantity = 1 + random.nextInt(24);
        row((cancelled ? "C" : "") + number, code(product), name(product, time),
            cancelled ? -quantity : quantity, time,
            price(product), customerId, country);
      }
      if (!cancelled && what > 90)
        row(String.valueOf(number), "POST", "POSTAGE", 1, time, "18.00", customerId, country);
    }
  }

  private void row(String number, String code, String name, int quantity, LocalDateTime time, String price,
      String customer,
      String country) {
    csv.append(number).append(',').append(code).append(",\"").append(name).append("\",").append(quantity)
        .append(',')
        .append(time).append(time.getSecond() == 0 ? ":00" : "").append(',').append(price).append(',')
        .append(customer)
        .append(",\"").append(country).append("\"\n");
  }

  private static String code(int product) {
    return 20_000 + product * 7 + (product % 9 == 0 ? "A" : "");
  }

  /** Some products are renamed half-way through the year. */
  private static String name(int product, LocalDateTime time) {
    boolean renamed = product % 10 == 0 && time.getYear() > OPENING.getYear() && time.getMonthValue() > 5;
    return COLOURS.get((product + (renamed ? 1 : 0)) % COLOURS.size()) + " "
        + THINGS.get(product % THINGS.size());
  }

  private static String price(int product) {
    return BigDecimal.valueOf(85 + product * 17L % 1_200, 2).toString();
  }
}
