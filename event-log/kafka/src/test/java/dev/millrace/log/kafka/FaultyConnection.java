package dev.millrace.log.kafka;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.RequestUtils;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a broker that fails at random, and knows Kafka's protocol well enough to fail where it hurts: a produce
 * request is lost on its way, its answer is lost on its way back, or it is refused while those behind it pass. It puts
 * itself in the place of the broker's address in what the broker answers, so that clients stay with it.
 */
final class FaultyConnection implements AutoCloseable {
  private static final int FAULTS_PERCENT = 20;

  private enum Fault {
    NONE, LOST, ANSWER_LOST, REFUSED
  }

  /** An answer that the client waits for: ours where we made one, else the broker's. */
  private record Awaited(RequestHeader header, Fault fault, @Nullable ByteBuffer ours) {}

  private final Random random;
  private final Map<String, ServerSocket> fronts = new ConcurrentHashMap<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger injected = new AtomicInteger();
  private final int front;
  private int toRefuse;
  private volatile boolean faulty = true;
  private volatile boolean closed;

  FaultyConnection(String broker, Random random) {
    this.random = new Random(random.nextLong());
    var colon = broker.lastIndexOf(':');
    this.front = front(broker.substring(0, colon), Integer.parseInt(broker.substring(colon + 1)));
  }

  String bootstrapServers() {
    return "127.0.0.1:" + front;
  }

  int injected() {
    return injected.get();
  }

  void stopFaults() {
    faulty = false;
  }

  /** Refuses the next produce requests, whatever chance says. */
  synchronized void refuseNext(int requests) {
    toRefuse = requests;
  }

  /** The port that stands before this broker. */
  private int front(String host, int port) {
    return fronts.computeIfAbsent(host + ":" + port, _ -> {
      try {
        var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(server, host, port));
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }).getLocalPort();
  }

  private void accept(ServerSocket server, String host, int port) {
    while (!closed) {
      try {
        var client = server.accept();
        sockets.add(client);
        var broker = new Socket(host, port);
        client.setTcpNoDelay(true);
        broker.setTcpNoDelay(true);
        sockets.add(broker);
        var awaited = new LinkedBlockingQueue<Awaited>();
        Thread.ofVirtual().start(() -> ending(client, broker, () -> requests(client, broker, awaited)));
        Thread.ofVirtual().start(() -> ending(client, broker, () -> answers(broker, client, awaited)));
      } catch (IOException _) {
        // The broker or this proxy is closed: a client sees its connection end, as it would without a proxy.
      }
    }
  }

  private interface Transfer {
    void run() throws IOException, InterruptedException;
  }

  private void ending(Socket client, Socket broker, Transfer transfer) {
    try (client; broker) {
      transfer.run();
    } catch (IOException | InterruptedException _) {
      // Cut, by the one side or the other.
    } finally {
      sockets.remove(client);
      sockets.remove(broker);
    }
  }

  private void requests(Socket client, Socket broker, BlockingQueue<Awaited> awaited) throws IOException {
    var in = new DataInputStream(client.getInputStream());
    var out = broker.getOutputStream();
    while (true) {
      var frame = read(in);
      var buffer = ByteBuffer.wrap(frame);
      var header = RequestHeader.parse(buffer);
      var fault = fault(header);
      if (fault == Fault.LOST)
        return;
      var refusal = fault == Fault.REFUSED ? refusal(header, buffer) : null;
      awaited.add(new Awaited(header, fault, refusal));
      if (refusal == null)
        write(out, ByteBuffer.wrap(frame));
    }
  }

  private synchronized Fault fault(RequestHeader header) {
    if (header.apiKey() != ApiKeys.PRODUCE)
      return Fault.NONE;
    if (toRefuse > 0) {
      toRefuse--;
      injected.incrementAndGet();
      return Fault.REFUSED;
    }
    if (!faulty || random.nextInt(100) >= FAULTS_PERCENT)
      return Fault.NONE;
    injected.incrementAndGet();
    return Fault.values()[random.nextInt(1, 4)];
  }

  private static ByteBuffer refusal(RequestHeader header, ByteBuffer body) {
    var request = AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(),
        new ByteBufferAccessor(body)).request;
    return serialized(header, request.getErrorResponse(0, new NotEnoughReplicasException("injected")));
  }

  private void answers(Socket broker, Socket client, BlockingQueue<Awaited> awaited)
      throws IOException, InterruptedException {
    var in = new DataInputStream(broker.getInputStream());
    var out = client.getOutputStream();
    while (true) {
      var next = awaited.take();
      var answer = next.ours() != null ? next.ours() : redirected(next.header(), read(in));
      if (next.fault() == Fault.ANSWER_LOST)
        return;
      write(out, answer);
    }
  }

  private ByteBuffer redirected(RequestHeader header, byte[] frame) {
    var buffer = ByteBuffer.wrap(frame);
    if (header.apiKey() == ApiKeys.METADATA) {
      var response = (MetadataResponse) AbstractResponse.parseResponse(buffer, header);
      response.data().brokers()
          .forEach(node -> node.setPort(front(node.host(), node.port())).setHost("127.0.0.1"));
      return serialized(header, response);
    }
    if (header.apiKey() == ApiKeys.FIND_COORDINATOR) {
      var response = (FindCoordinatorResponse) AbstractResponse.parseResponse(buffer, header);
      response.data().coordinators().stream().filter(node -> node.errorCode() == 0)
          .forEach(node -> node.setPort(front(node.host(), node.port())).setHost("127.0.0.1"));
      return serialized(header, response);
    }
    return buffer;
  }

  private static ByteBuffer serialized(RequestHeader header, AbstractResponse response) {
    var responseHeader = header.toResponseHeader();
    return RequestUtils.serialize(responseHeader.data(), responseHeader.headerVersion(), response.data(),
        header.apiVersion());
  }

  private static byte[] read(DataInputStream in) throws IOException {
    var frame = new byte[in.readInt()];
    in.readFully(frame);
    return frame;
  }

  /** In one piece: a length on its own would wait for the other side's delayed acknowledgement. */
  private static void write(OutputStream out, ByteBuffer frame) throws IOException {
    var whole = ByteBuffer.allocate(Integer.BYTES + frame.remaining()).putInt(frame.remaining()).put(frame);
    out.write(whole.array());
  }

  @Override
  public void close() {
    closed = true;
    try {
      for (var server : fronts.values())
        server.close();
      for (var socket : sockets)
        socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
