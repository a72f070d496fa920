package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.Record;

/** How a place in a shard is kept from growing old. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class ShardReadingTest {
  private static LocalStreams streams;

  @BeforeAll
  static void start() {
    streams = LocalStreams.shared();
  }

  @AfterAll
  static void stop() {
    streams.close();
  }

  @Test
  void an_idle_shard_whose_readers_never_run_for_an_hour_is_known_to_be_idle_when_its_last_record_is_gone() {
    var directory = new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build()));
    var stream = LocalStreams.name("idle");
    directory.createStream(stream, 1);
    var shard = directory.refresh(stream).getFirst();
    var last = Record.builder().sequenceNumber("17").partitionKey("k").data(SdkBytes.fromUtf8String("e"))
        .approximateArrivalTimestamp(Instant.now()).build();
    var place = Place.record("17", 0);
    var now = Instant.now();
    var said = 0;

    for (var halfHours = 0; halfHours < 60; halfHours++) {
      var time = now.plus(Duration.ofMinutes(30L * halfHours));
      var reading = new ShardReading(shard, Optional.of(place), directory, () -> time);
      if (reading.start().proof())
        assertThat(reading.read(List.of(last), false, time)).isEmpty();
      var page = reading.read(List.of(), true, time);
      if (page.isPresent()) {
        said++;
        place = Place.of(page.get().reached().orElseThrow());
      }
    }

    var later = now.plus(Duration.ofHours(30));
    assertThat(new ShardReading(shard, Optional.of(place), directory, () -> later).start().proof()).isFalse();
    assertThat(said).as("as often as it has to be said").isEqualTo(30);
  }
}
