package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.log.Acknowledgements;
import dev.millrace.log.LogException;
import dev.millrace.log.Partition;
import dev.millrace.log.Position;
import dev.millrace.log.Receipt;
import dev.millrace.log.StreamName;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ToldTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final StreamName STREAM = StreamName.of("told");
  private static final Receipt RECEIPT = new Receipt(new Partition(STREAM, "shard-0"), Position.of("1"), "e",
      Instant.EPOCH);

  @Test
  void an_entry_whose_room_was_given_back_is_not_kept_until_its_caller_is_told() {
    var release = new CountDownLatch(1);
    var acknowledgements = new Acknowledgements();
    var told = new Told(new BufferRoom(10_000), acknowledgements);
    acknowledgements.add(() -> hold(release));
    var promised = new ArrayList<CompletableFuture<Receipt>>();

    var entries = List.of(appended(told, promised), failed(told, promised));

    try {
      assertThat(entries).allSatisfy(ToldTest::assertCollected);
      assertThat(promised).allSatisfy(receipt -> assertThat(receipt).isNotDone());
    } finally {
      release.countDown();
    }
    assertThat(promised.getFirst()).succeedsWithin(PATIENCE).isEqualTo(RECEIPT);
    assertThat(promised.getLast()).failsWithin(PATIENCE).withThrowableThat()
        .withCauseInstanceOf(LogException.class);
  }

  private static WeakReference<Outgoing> appended(Told told, List<CompletableFuture<Receipt>> promised) {
    var entry = outgoing(promised);
    told.appended(entry, RECEIPT);
    return new WeakReference<>(entry);
  }

  private static WeakReference<Outgoing> failed(Told told, List<CompletableFuture<Receipt>> promised) {
    var entry = outgoing(promised);
    told.failed(entry, new LogException(LogException.Code.UNREACHABLE, "away"));
    return new WeakReference<>(entry);
  }

  private static Outgoing outgoing(List<CompletableFuture<Receipt>> promised) {
    var entry = new Outgoing(LocalStreams.entry(STREAM, "k", "e"));
    promised.add(entry.receipt());
    return entry;
  }

  private static void assertCollected(WeakReference<Outgoing> entry) {
    await("the entry to be collected, which what waits to be told may keep").until(() -> {
      System.gc();
      return entry.get() == null;
    });
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
