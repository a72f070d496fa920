package dev.millrace.log.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BufferRoomTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int SMALL = 100;
  private static final int LARGE = 9_000;

  private final BufferRoom room = new BufferRoom(10_000);

  @Test
  void who_waits_for_much_room_is_not_passed_by_those_who_come_later_and_want_little() throws Exception {
    room.take(SMALL);
    room.take(SMALL);
    var large = new Taker(LARGE);
    large.awaitWaiting();

    var small = new Taker(SMALL);

    small.awaitWaiting();
    assertThat(large.taken).isNotDone();
    room.give(SMALL);
    assertThat(large.taken).succeedsWithin(PATIENCE);
    assertThat(small.taken).isNotDone();
    room.give(LARGE);
    assertThat(small.taken).succeedsWithin(PATIENCE);
  }

  @Test
  void who_gives_up_waiting_lets_those_behind_go_on() throws Exception {
    room.take(LARGE);
    var large = new Taker(LARGE);
    large.awaitWaiting();
    var small = new Taker(SMALL);
    small.awaitWaiting();

    large.thread.interrupt();

    assertThat(large.taken).failsWithin(PATIENCE).withThrowableThat()
        .withCauseInstanceOf(InterruptedException.class);
    assertThat(small.taken).succeedsWithin(PATIENCE);
  }

  /** A thread that takes room. */
  private final class Taker {
    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private final Thread thread;

    Taker(int bytes) {
      thread = Thread.ofVirtual().start(() -> {
        try {
          room.take(bytes);
          taken.complete(null);
        } catch (InterruptedException e) {
          taken.completeExceptionally(e);
        }
      });
    }

    void awaitWaiting() {
      await("the thread to wait").until(() -> thread.getState() == Thread.State.WAITING || taken.isDone());
      assertThat(taken).as("it waits for room").isNotDone();
      assertThat(thread.getState()).isEqualTo(Thread.State.WAITING);
    }
  }
}
