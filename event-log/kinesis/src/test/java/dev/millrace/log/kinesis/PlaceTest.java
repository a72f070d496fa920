package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlaceTest {
  private static final String SEQUENCE = "49680444132274588473940252446088947877797454456907890706";

  @Test
  void the_end_of_a_shard_is_after_all_that_is_in_it_whatever_the_service_names_as_its_last() {
    for (var last : List.of("9223372036854775807", SEQUENCE, "9".repeat(129), "0")) {
      var end = Place.end(last).position();

      assertThat(end).isGreaterThan(Place.record(SEQUENCE, 1_000).position())
          .isGreaterThan(Place.seen(SEQUENCE, System.currentTimeMillis()).position())
          .isGreaterThan(Place.begun(System.currentTimeMillis()).position());
      assertThat(Place.of(end)).isEqualTo(Place.end(last));
    }
    assertThat(Place.end("9".repeat(129)).position())
        .isGreaterThan(Place.record("9".repeat(129), 1_000).position());
  }
}
