package dev.millrace.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

class EventIdsTest {
  private static final long NOW = 1_790_000_000_000L;

  @Test
  void ids_sort_by_time_even_when_the_clock_steps_back() {
    var ids = new EventIds();

    var made = LongStream.of(NOW, NOW, NOW + 1, NOW - 5_000, NOW - 5_000, NOW + 2).mapToObj(ids::next)
        .toList();

    assertThat(made).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void an_id_is_a_uuid_of_version_7_with_the_milliseconds_first() {
    var id = UUID.fromString(new EventIds().next(NOW));

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW);
  }

  @Test
  void more_ids_in_a_millisecond_than_the_counter_holds_go_on_in_the_next() {
    var ids = new EventIds();
    var before = ids.next(NOW);

    for (int i = 0; i < 1 << 20; i++) {
      var next = ids.next(NOW);
      if (next.compareTo(before) <= 0)
        assertThat(next).isGreaterThan(before);
      before = next;
    }

    assertThat(UUID.fromString(before).getMostSignificantBits() >>> 16).isEqualTo(NOW + 1);
  }

  @Test
  void threads_and_generators_never_make_the_same_id() {
    var made = ConcurrentHashMap.<String>newKeySet();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int generator = 0; generator < 4; generator++) {
        var ids = new EventIds();
        for (int thread = 0; thread < 4; thread++) {
          var _ = threads.submit(() -> LongStream.range(0, 5_000).forEach(i -> made.add(ids.next(NOW))));
        }
      }
    }

    assertThat(made).hasSize(4 * 4 * 5_000);
  }
}
