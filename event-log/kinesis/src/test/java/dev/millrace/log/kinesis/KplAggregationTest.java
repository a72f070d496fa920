package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.LogEntry;
import dev.millrace.log.StreamName;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KplAggregationTest {
  private static final Shard ALL = KplAggregateTest.shard(BigInteger.ZERO,
      BigInteger.TWO.pow(128).subtract(BigInteger.ONE));

  @Test
  void an_aggregate_is_the_golden_bytes_which_others_take_apart() throws IOException {
    var entries = List.of(CloudEventFrameTest.WHOLE, CloudEventFrameTest.LEAST, CloudEventFrameTest.WHOLE,
        CloudEventFrameTest.TOMBSTONE);

    var bytes = aggregation(Integer.MAX_VALUE, entries).toByteArray();

    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(CloudEventFrameTest.golden().get("aggregate"));
  }

  @Test
  void what_is_counted_is_what_is_sent_and_never_more_than_the_limit() {
    var random = new Random(5);
    for (var limit = 100; limit < 60_000; limit += 97) {
      var entries = new ArrayList<LogEntry>();
      for (var i = 0; i < 400; i++)
        entries
            .add(LocalStreams.entry(StreamName.of("s"), "key" + random.nextInt(300), "id".repeat(1 + i / 3)));

      var aggregation = aggregation(limit, entries);

      if (aggregation.entries().isEmpty())
        continue;
      var bytes = aggregation.toByteArray();
      assertThat(bytes.length + KplAggregation.PARTITION_KEY.length()).isEqualTo(aggregation.bytes())
          .isLessThanOrEqualTo(limit);
      assertThat(KplAggregate.parts(ALL, "a", ByteBuffer.wrap(bytes))).extracting(KplAggregate.Part::data)
          .isEqualTo(
              aggregation.entries().stream().map(entry -> ByteBuffer.wrap(entry.data())).toList());
    }
  }

  private static KplAggregation aggregation(int limit, List<LogEntry> entries) {
    var aggregation = new KplAggregation(limit);
    for (var entry : entries) {
      if (!aggregation.add(new Outgoing(entry)))
        break;
    }
    return aggregation;
  }
}
