package dev.millrace.log.kinesis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The records of calls that the service refused whole and that may be refused for one of them: each goes again as a call of
 * its own, as it was. Their keys are held meanwhile, so they count as in flight. Owned by one thread at a time.
 */
final class Suspects {
  private final Deque<PutCall.Item> items = new ArrayDeque<>();

  void add(List<PutCall.Item> ofCall) {
    items.addAll(ofCall);
  }

  /** The first that its shard has room for. */
  Optional<PutCall> next(long now) {
    for (var each = items.iterator(); each.hasNext();) {
      var item = each.next();
      if (item.bytes() <= item.lane().pace().room(now)) {
        each.remove();
        item.lane().pace().sent(item.bytes(), now);
        return Optional.of(new PutCall(List.of(item)));
      }
    }
    return Optional.empty();
  }

  /** When there may be room for one of them; {@link KeyQueues#NEVER} where there are none. */
  long nextRoomAt(long now) {
    return items.stream().mapToLong(item -> item.lane().pace().nextRoomAt(item.bytes(), now)).min()
        .orElse(KeyQueues.NEVER);
  }

  void clear() {
    items.clear();
  }
}
