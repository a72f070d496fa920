package dev.millrace.log.kinesis;

import dev.millrace.log.Cursor;
import dev.millrace.log.Ownership;
import dev.millrace.log.Partition;
import java.util.Set;

/** An owner who always starts at the same place. */
record Says(Cursor cursor) implements Ownership {
  @Override
  public Cursor assigned(Set<Partition> partitions) {
    return cursor;
  }

  @Override
  public void revoked(Set<Partition> partitions) {}
}
