package dev.millrace.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The broker's settings: one node, quick groups, and a log that is soon recovered after a crash. */
final class KafkaSettings {
  static final String NODE_ID = "1";
  static final String CONTROLLER = "CONTROLLER";
  static final String CLIENTS = "PLAINTEXT";

  private KafkaSettings() {}

  static Map<String, String> of(Path logs, int port, Map<String, String> overrides) {
    var settings = new HashMap<String, String>();
    node(settings, logs, port);
    internalTopics(settings);
    groups(settings);
    log(settings);
    settings.putAll(overrides);
    return settings;
  }

  private static void node(Map<String, String> settings, Path logs, int port) {
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", NODE_ID);
    settings.put("log.dirs", logs.toString());
    settings.put("listeners",
        CLIENTS + "://" + Ports.HOST + ":" + port + "," + CONTROLLER + "://" + Ports.HOST + ":0");
    settings.put("listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
    settings.put("controller.listener.names", CONTROLLER);
    settings.put("inter.broker.listener.name", CLIENTS);
    // Never dialled: the one voter is this process. It must be there to be valid.
    settings.put("controller.quorum.bootstrap.servers", Ports.HOST + ":0");
    // Nobody could take over from the one broker, so nothing is gained by its controller's taking it for dead when the
    // machine has stood still, as a laptop does that sleeps: its partitions would lose their leader, and with it the
    // transactions' ends that fall into that moment (KAFKA-20734).
    settings.put("broker.session.timeout.ms", String.valueOf(Duration.ofDays(7).toMillis()));
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    // A stream is created with its partitions and its retention; a mistyped name should be an error, as on a cluster.
    settings.put("auto.create.topics.enable", "false");
  }

  private static void internalTopics(Map<String, String> settings) {
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
    for (var topic : new String[]{"offsets.topic", "transaction.state.log",
        "share.coordinator.state.topic"}) {
      settings.put(topic + ".replication.factor", "1");
      settings.put(topic + ".num.partitions", "4");
      settings.put(topic + ".segment.bytes", "8388608");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
  }

  private static void groups(Map<String, String> settings) {
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.streams.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "500");
    for (var group : new String[]{"group.consumer", "group.share", "group.streams"}) {
      settings.put(group + ".heartbeat.interval.ms", "200");
      settings.put(group + ".min.heartbeat.interval.ms", "200");
      settings.put(group + ".min.session.timeout.ms", "1000");
    }
    // Members of a killed process are missed by the same command started again: it takes over what they held this soon.
    settings.put("group.consumer.session.timeout.ms", "10000");
    settings.put("group.consumer.assignment.interval.ms", "0");
    settings.put("group.share.assignment.interval.ms", "0");
    settings.put("group.streams.assignment.interval.ms", "0");
    // A writer that was killed holds back readers of committed records until its transaction is aborted.
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
  }

  private static void log(Map<String, String> settings) {
    // A record that was acknowledged is in the page cache and outlives this process. What a crash costs is reading the
    // last segment of each partition again: small segments, quick recovery.
    settings.put("log.segment.bytes", "33554432");
    settings.put("log.index.size.max.bytes", "1048576");
    settings.put("log.retention.ms", "-1");
    settings.put("log.cleaner.dedupe.buffer.size", "8388608");
    settings.put("num.recovery.threads.per.data.dir", "4");
  }
}
