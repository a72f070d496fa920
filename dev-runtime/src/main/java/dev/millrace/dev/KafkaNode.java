package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.LoggerFactory;

/** One running node, broker and controller in one. Stops once. */
final class KafkaNode {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

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
    boolean killed = KafkaFolder.wasKilled(logs);
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
      if (killed) {
        forgetBroker(controller);
      }
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

  /**
   * Has the controller forget the broker that was killed, before the new one starts. The new one would otherwise lead
   * its partitions at once, in the name of the killed one, and again later, in its own name. In between they have no
   * leader, and what Kafka 4.3.1 then has to say of a transaction's end it does not say at all (KAFKA-20734): readers of
   * committed records wait behind it for ever. It would also be refused until the killed one's session has run out.
   */
  private static void forgetBroker(ControllerServer server) throws Exception {
    var controller = server.controller();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!controller.isActive() && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    var request = new ControllerRequestContext(new RequestHeaderData(), KafkaPrincipal.ANONYMOUS,
        OptionalLong.empty());
    try {
      controller.unregisterBroker(request, Integer.parseInt(KafkaSettings.NODE_ID)).get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof BrokerIdNotRegisteredException))
        throw e;
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
