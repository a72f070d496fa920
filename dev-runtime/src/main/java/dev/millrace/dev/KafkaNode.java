package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.LoggerFactory;

/** One running node, broker and controller in one. Stops once. */
final class KafkaNode {
  private final ControllerServer controller;
  private final BrokerServer broker;
  private final KafkaFaults faults;
  private final int port;
  private boolean closed;

  private KafkaNode(ControllerServer controller, BrokerServer broker, KafkaFaults faults) {
    this.controller = controller;
    this.broker = broker;
    this.faults = faults;
    this.port = broker.boundPort(ListenerName.normalised(KafkaSettings.CLIENTS));
  }

  static KafkaNode start(Path logs, int port, Map<String, String> overrides) {
    KafkaFolder.prepare(logs);
    var config = new KafkaConfig(KafkaSettings.of(logs, port, overrides), false);
    var directories = KafkaRaftServer.initializeLogDirs(config, LoggerFactory.getLogger(KafkaNode.class), "");
    var faults = KafkaFaults.watch();
    var shared = new SharedServer(config, directories._1(), Time.SYSTEM, new Metrics(),
        CompletableFuture.completedFuture(Map.of()), List.of(new InetSocketAddress(Ports.loopback(), 0)),
        faults, ServerSocketFactory.INSTANCE);
    var controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
    var broker = new BrokerServer(shared);
    try {
      controller.startup();
      broker.startup();
      return new KafkaNode(controller, broker, faults);
    } catch (Throwable e) {
      stop(broker, controller, faults);
      if (!(rootOf(e) instanceof BindException)) {
        throw new DevException(Code.NOT_STARTED, "Kafka did not start on " + logs + ": " + rootOf(e), e);
      }
      throw Ports.taken(port, "Kafka", rootOf(e));
    }
  }

  int port() {
    return port;
  }

  Optional<Throwable> failure() {
    return faults.first();
  }

  synchronized void close() {
    if (!closed) {
      closed = true;
      stop(broker, controller, faults);
    }
  }

  private static void stop(BrokerServer broker, ControllerServer controller, KafkaFaults faults) {
    try (faults) {
      broker.shutdown();
      controller.shutdown();
    }
  }

  private static Throwable rootOf(Throwable e) {
    var root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
