package dev.millrace.view;

import static dev.millrace.view.Stage.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class RebuildMeterTest {
  @Test
  void who_watches_is_told_again_and_again() {
    var told = new ArrayList<RebuildProgress>();
    var meter = new RebuildMeter(told::add);

    eventually().untilAsserted(() -> {
      meter.read(List.of());
      assertThat(told).hasSize(2);
    });
    assertThat(told.getLast().phase()).isEqualTo(RebuildProgress.Phase.FOLDING);
  }

  @Test
  void who_watches_can_end_it() {
    var meter = new RebuildMeter(_ -> {
      throw new CancellationException("enough");
    });

    eventually().untilAsserted(() -> assertThatThrownBy(() -> meter.read(List.of())).hasMessage("enough"));
  }
}
