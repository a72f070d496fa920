package dev.millrace.log.kinesis;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;

/** The entries of one key that wait, in their order. While an attempt is in flight it holds the key, and the rest waits. */
final class KeyQueue {
  private final BigInteger hashKey;
  private final Deque<Outgoing> waiting = new ArrayDeque<>();
  private boolean held;

  KeyQueue(BigInteger hashKey) {
    this.hashKey = hashKey;
  }

  BigInteger hashKey() {
    return hashKey;
  }

  Deque<Outgoing> waiting() {
    return waiting;
  }

  boolean isHeld() {
    return held;
  }

  void hold() {
    held = true;
  }

  void release() {
    held = false;
  }
}
