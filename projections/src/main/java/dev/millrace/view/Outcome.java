package dev.millrace.view;

import dev.millrace.log.Partition;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a batch comes to: what is to be written, in the order of the keys.
 *
 * @param growth by how many rows the view grows
 * @param parked in the order in which they were read, within each partition
 * @param parkedKeys the keys whose events wait once this is written
 * @param events how many events of each partition were applied
 */
record Outcome<R extends Record>(SortedMap<RowKey, R> inserts, SortedMap<RowKey, R> updates,
    List<RowKey> deletes, int growth,
    List<ParkedRecord> parked, ParkedKeys parkedKeys, Map<Partition, Integer> events) {}
