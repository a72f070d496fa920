package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.kinesis.FaultyService.Chances;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ExpiredIteratorException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.Record;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;

/** The faults are what they say: else what holds in spite of them holds in spite of nothing. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class FaultyServiceTest {
  private static KinesisFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new KinesisFixture(LocalStreams.shared());
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void what_is_refused_is_told_in_its_place_and_is_not_in_the_stream() {
    var stream = created("refused");

    PutRecordsResponse answer;
    try (var client = client(new Chances(50, 0, 0, 0, 0))) {
      answer = put(client, stream, 100);
    }

    var taken = IntStream.range(0, 100).filter(i -> answer.records().get(i).errorCode() == null).boxed()
        .map(String::valueOf).toList();
    assertThat(answer.records()).hasSize(100);
    assertThat(answer.failedRecordCount()).isEqualTo(100 - taken.size()).isBetween(20, 80);
    assertThat(read(stream)).isEqualTo(taken);
  }

  @Test
  void a_call_whose_answer_is_lost_was_done() {
    var stream = created("unanswered");

    try (var client = client(new Chances(0, 0, 100, 0, 0))) {
      assertThatThrownBy(() -> put(client, stream, 1))
          .hasRootCauseInstanceOf(ApiCallTimeoutException.class);
    }

    assertThat(read(stream)).containsExactly("0");
  }

  @Test
  void a_call_that_is_throttled_was_not_done_and_an_iterator_that_is_too_old_says_so() {
    var stream = created("throttled");

    try (var client = client(new Chances(0, 100, 0, 0, 0))) {
      assertThatThrownBy(() -> put(client, stream, 1))
          .hasRootCauseInstanceOf(ProvisionedThroughputExceededException.class);
    }
    try (var client = client(new Chances(0, 0, 0, 0, 100))) {
      assertThatThrownBy(() -> read(client, stream))
          .hasRootCauseInstanceOf(ExpiredIteratorException.class);
    }

    assertThat(read(stream)).isEmpty();
  }

  private static String created(String name) {
    var stream = LocalStreams.name(name);
    fixture.log().create(stream, 1);
    return stream.value();
  }

  private static KinesisAsyncClient client(Chances chances) {
    return fixture.service().client(new FaultyService(new Random(1), chances));
  }

  private static PutRecordsResponse put(KinesisAsyncClient client, String stream, int count) {
    var records = IntStream.range(0, count).mapToObj(i -> PutRecordsRequestEntry.builder().partitionKey("k")
        .data(SdkBytes.fromUtf8String(Integer.toString(i))).build()).toList();
    return client.putRecords(request -> request.streamName(stream).records(records)).join();
  }

  private static List<String> read(String stream) {
    return read(fixture.service().client(), stream);
  }

  private static List<String> read(KinesisAsyncClient client, String stream) {
    var iterator = client.getShardIterator(request -> request.streamName(stream)
        .shardId("shardId-000000000000").shardIteratorType(ShardIteratorType.TRIM_HORIZON)).join();
    return client.getRecords(request -> request.shardIterator(iterator.shardIterator())).join().records()
        .stream().map(Record::data).map(SdkBytes::asUtf8String).toList();
  }
}
