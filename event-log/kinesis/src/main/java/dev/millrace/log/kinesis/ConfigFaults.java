package dev.millrace.log.kinesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What is wrong with a configuration: each setting by its name, with a value that would be right. */
final class ConfigFaults {
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{0,60}");

  private ConfigFaults() {}

  static List<String> of(KinesisLogConfig config) {
    var faults = new ArrayList<String>();
    limits(config, faults);
    times(config, faults);
    return faults;
  }

  private static void limits(KinesisLogConfig config, List<String> faults) {
    if (!PREFIX.matcher(config.streamPrefix()).matches())
      faults.add("streamPrefix is '" + config.streamPrefix()
          + "': use at most 60 letters, digits, '_', '.' and '-'");
    if (config.maxRecordBytes() < 1)
      faults.add("maxRecordBytes is " + config.maxRecordBytes() + ": use 1 or more, such as 1048576");
    if (config.maxCallBytes() < config.maxRecordBytes())
      faults.add(
          "maxCallBytes is " + config.maxCallBytes() + ": it holds at least one record, "
              + config.maxRecordBytes());
    if (config.maxCallRecords() < 1 || config.maxCallRecords() > 500)
      faults.add("maxCallRecords is " + config.maxCallRecords() + ": the service takes 1 to 500");
    if (config.bufferBytes() < config.maxRecordBytes())
      faults.add(
          "bufferBytes is " + config.bufferBytes() + ": it holds at least one record, "
              + config.maxRecordBytes());
  }

  private static void times(KinesisLogConfig config, List<String> faults) {
    if (config.linger().isNegative())
      faults.add("linger is " + config.linger() + ": use 0 or more, such as PT0.005S");
    requirePositive(faults, "requestTimeout", config.requestTimeout(), "PT15S");
    requirePositive(faults, "shardCheck", config.shardCheck(), "PT5S");
    requirePositive(faults, "lease", config.lease(), "PT5S");
    if (config.pollPause().isNegative())
      faults.add("pollPause is " + config.pollPause() + ": use 0 or more, such as PT0.25S");
    if (config.deliveryTimeout().compareTo(config.requestTimeout().plus(config.linger())) < 0)
      faults.add(
          "deliveryTimeout is " + config.deliveryTimeout() + ": it holds at least requestTimeout and linger, "
              + config.requestTimeout().plus(config.linger()));
  }

  private static void requirePositive(List<String> faults, String name, Duration value, String right) {
    if (value.isNegative() || value.isZero())
      faults.add(name + " is " + value + ": use more than 0, such as " + right);
  }
}
