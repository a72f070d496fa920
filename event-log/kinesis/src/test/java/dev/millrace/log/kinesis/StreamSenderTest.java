package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogException;
import dev.millrace.log.LogException.Code;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Errors on threads that drop what is thrown. */
@EnabledIf(value = "dev.millrace.dev.SharedServers#hasKinesis", disabledReason = "needs Node.js and npm for a local Kinesis")
class StreamSenderTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

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
  void an_error_while_an_answer_is_taken_breaks_the_writer_down_and_nobody_waits_for_ever() {
    var stream = created("answer");
    var shards = streams.resharding().open(stream);
    var sender = sender(stream, shards, () -> shards, new FailsAtFirst());
    var first = new Outgoing(LocalStreams.entry(stream, "k", "1"));
    var second = new Outgoing(LocalStreams.entry(stream, "k", "2"));

    sender.add(first);
    sender.add(second);
    sender.start();

    assertBrokenDown(sender, stream, first, second);
  }

  @Test
  void an_error_while_the_shards_are_listed_breaks_the_writer_down_and_nobody_waits_for_ever() {
    var stream = created("listing");
    var before = streams.resharding().open(stream);
    streams.split(stream, before.getFirst());
    var sender = sender(stream, before, () -> {
      throw new LinkageError("thrown by the test");
    }, new Completes());
    var first = new Outgoing(LocalStreams.entry(stream, "a", "1"));
    var second = new Outgoing(LocalStreams.entry(stream, "b", "2"));

    sender.add(first);
    sender.add(second);
    sender.start();

    assertBrokenDown(sender, stream, first, second);
  }

  private static void assertBrokenDown(StreamSender sender, StreamName stream, Outgoing... entries) {
    assertThat(CompletableFuture.runAsync(sender::flush, Thread::startVirtualThread))
        .succeedsWithin(PATIENCE);
    assertThat(entries).allSatisfy(entry -> assertThat(entry.receipt()).failsWithin(PATIENCE)
        .withThrowableThat().havingCause()
        .isInstanceOfSatisfying(LogException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL)));
    assertThatThrownBy(() -> sender.add(new Outgoing(LocalStreams.entry(stream, "k", "3"))))
        .isInstanceOfSatisfying(LogException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL));
    sender.close();
    assertThat(CompletableFuture.runAsync(sender::flush, Thread::startVirtualThread))
        .succeedsWithin(PATIENCE);
  }

  private static StreamSender sender(StreamName stream, List<Shard> shards, Supplier<List<Shard>> listing,
      StreamQueue.Outcomes outcomes) {
    var failures = new KinesisFailures(streams.config().aggregation(true).build());
    return new StreamSender(stream.value(), streams.client(), listing,
        new StreamQueue(stream, failures, shards, outcomes, AfterFailure.GO_ON, new Random(1)));
  }

  private static StreamName created(String name) {
    var stream = LocalStreams.name(name);
    new ShardDirectory(streams.client(), new KinesisFailures(streams.config().build())).createStream(stream,
        1);
    return stream;
  }

  private static class Completes implements StreamQueue.Outcomes {
    @Override
    public void appended(Outgoing entry, Receipt receipt) {
      entry.receipt().complete(receipt);
    }

    @Override
    public void failed(Outgoing entry, LogException failure) {
      entry.receipt().completeExceptionally(failure);
    }
  }

  private static final class FailsAtFirst extends Completes {
    @Override
    public void appended(Outgoing entry, Receipt receipt) {
      throw new LinkageError("thrown by the test");
    }
  }
}
