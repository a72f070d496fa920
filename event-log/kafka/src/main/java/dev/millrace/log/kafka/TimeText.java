package dev.millrace.log.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;

/**
 * The bytes of {@link Instant#toString}, some ten times faster: it is formatted for every record that is written.
 */
final class TimeText {
  private static final int DAY_SECONDS = 86_400;
  private static final long YEAR_0 = LocalDate.of(0, 1, 1).toEpochDay();
  private static final long YEAR_10000 = LocalDate.of(10_000, 1, 1).toEpochDay();

  private TimeText() {}

  static byte[] of(Instant time) {
    var day = Math.floorDiv(time.getEpochSecond(), DAY_SECONDS);
    if (day < YEAR_0 || day >= YEAR_10000)
      return time.toString().getBytes(StandardCharsets.UTF_8);
    var date = LocalDate.ofEpochDay(day);
    var second = (int) Math.floorMod(time.getEpochSecond(), (long) DAY_SECONDS);
    var nano = time.getNano();
    var digits = fractionDigits(nano);
    var text = new byte[digits == 0 ? 20 : 21 + digits];
    put(text, 0, 4, date.getYear());
    text[4] = '-';
    put(text, 5, 2, date.getMonthValue());
    text[7] = '-';
    put(text, 8, 2, date.getDayOfMonth());
    text[10] = 'T';
    put(text, 11, 2, second / 3600);
    text[13] = ':';
    put(text, 14, 2, second / 60 % 60);
    text[16] = ':';
    put(text, 17, 2, second % 60);
    if (digits > 0) {
      text[19] = '.';
      put(text, 20, digits, scaled(nano, digits));
    }
    text[text.length - 1] = 'Z';
    return text;
  }

  private static int fractionDigits(int nano) {
    if (nano == 0)
      return 0;
    if (nano % 1_000_000 == 0)
      return 3;
    return nano % 1_000 == 0 ? 6 : 9;
  }

  private static int scaled(int nano, int digits) {
    return switch (digits) {
      case 3 -> nano / 1_000_000;
      case 6 -> nano / 1_000;
      default -> nano;
    };
  }

  private static void put(byte[] text, int at, int width, int value) {
    var rest = value;
    for (var i = at + width - 1; i >= at; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
