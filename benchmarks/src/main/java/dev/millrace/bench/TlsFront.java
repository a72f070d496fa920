package dev.millrace.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.StreamSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * TLS on the loopback interface before a Kinesis that has none, for a client that speaks nothing else; counts the calls that
 * put records. Its certificate is its own, made anew. The time that its threads take is told, so as not to be the client's.
 */
final class TlsFront implements AutoCloseable {
  private static final List<String> HEADERS = List.of("X-Amz-Target", "Content-Type", "Authorization",
      "X-Amz-Date");
  private static final int THREADS = 4;

  private final URI endpoint;
  private final PutCalls calls;
  private final JsonMapper json = new JsonMapper();
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
  private final ExecutorService executor;
  private final HttpsServer server;

  /** @param endpoint the Kinesis behind it */
  TlsFront(URI endpoint, PutCalls calls) throws IOException, GeneralSecurityException {
    this.endpoint = endpoint;
    this.calls = calls;
    this.executor = Executors.newFixedThreadPool(THREADS, this::thread);
    this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity()));
    server.setExecutor(executor);
    server.createContext("/", this::pass);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The CPU time of its threads so far. */
  long cpuNanos() {
    var times = ManagementFactory.getThreadMXBean();
    return threads.stream().mapToLong(thread -> Math.max(0, times.getThreadCpuTime(thread.threadId()))).sum();
  }

  private Thread thread(Runnable work) {
    var thread = Thread.ofPlatform().name("tls-front").daemon().unstarted(work);
    threads.add(thread);
    return thread;
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      if (header(exchange, "X-Amz-Target").orElse("").endsWith(".PutRecords"))
        count(body);
      var call = (HttpURLConnection) endpoint.toURL().openConnection();
      call.setRequestMethod("POST");
      call.setDoOutput(true);
      for (var name : HEADERS)
        header(exchange, name).ifPresent(value -> call.setRequestProperty(name, value));
      call.getOutputStream().write(body);
      answer(exchange, call);
    }
  }

  private static void answer(HttpExchange exchange, HttpURLConnection call) throws IOException {
    int status = call.getResponseCode();
    try (var stream = status < 400 ? call.getInputStream() : call.getErrorStream()) {
      var body = stream == null ? new byte[0] : stream.readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", call.getContentType());
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void count(byte[] body) throws IOException {
    var records = json.readTree(body).path("Records");
    calls.add(body.length, StreamSupport.stream(records.spliterator(), false)
        .mapToInt(record -> Base64.getDecoder().decode(record.path("Data").asText()).length));
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  /** The JDK's own tool makes the certificate, as no API of it does. */
  private static SSLContext identity() throws IOException, GeneralSecurityException {
    var folder = Files.createTempDirectory("millrace-tls");
    var file = folder.resolve("front.p12");
    var password = UUID.randomUUID().toString();
    try {
      var tool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
          "-genkeypair", "-alias", "front", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
          "san=dns:localhost,ip:127.0.0.1", "-keystore", file.toString(), "-storepass:env", "STORE_PASSWORD");
      tool.environment().put("STORE_PASSWORD", password);
      tool.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
      if (tool.start().onExit().join().exitValue() != 0)
        throw new IllegalStateException("keytool made no certificate");
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(KeyStore.getInstance(file.toFile(), password.toCharArray()), password.toCharArray());
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
