package dev.millrace.dev;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry that speaks Confluent's REST protocol, for Avro, on PostgreSQL, on the loopback interface. Each
 * request has a virtual thread. It keeps nothing itself: several may serve one database, and a restart loses nothing.
 *
 * <p>Contexts share one space of ids. Metadata and rules of a schema are passed over, and global ids (GUIDs) are not known.
 */
public final class DevRegistry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DevRegistry.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST_REQUEST = 1 << 20;

  private final HttpServer server;
  private final ExecutorService threads;
  private final RegistryRoutes routes;

  private DevRegistry(HttpServer server, RegistryRoutes routes) {
    this.server = server;
    this.routes = routes;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
  }

  /** Starts a registry on any free port. */
  public static DevRegistry start(DataSource database) {
    return start(database, 0);
  }

  /**
   * Starts a registry, making its tables (in the schema {@code millrace_registry}) where there are none.
   *
   * @param port 0 takes any free one
   * @throws DevException PORT_TAKEN, NOT_STARTED
   */
  public static DevRegistry start(DataSource database, int port) {
    try {
      var routes = new RegistryApi(new RegistryStore(database)).routes();
      var server = HttpServer.create(new InetSocketAddress(Ports.loopback(), Ports.checked(port)), 0);
      var registry = new DevRegistry(server, routes);
      server.createContext("/", registry::handle);
      server.setExecutor(registry.threads);
      server.start();
      return registry;
    } catch (BindException e) {
      throw Ports.taken(port, "Registry", e);
    } catch (IOException | RegistryError e) {
      throw new DevException(Code.NOT_STARTED, "the registry did not start: " + e.getMessage(), e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** The address that clients are given, such as {@code http://127.0.0.1:8081}. */
  public URI uri() {
    return URI.create("http://" + Ports.HOST + ":" + port());
  }

  /** Stops at once; requests that are being answered are broken off. Again is nothing. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body;
      int status = 200;
      try {
        var uri = exchange.getRequestURI();
        body = json(
            routes.answer(exchange.getRequestMethod(), uri.getRawPath(), uri.getRawQuery(), read(exchange)));
      } catch (RegistryError e) {
        status = e.status();
        body = error(e.code(), String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        status = 500;
        body = error(50001, "Error in the registry: " + e);
      }
      exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String read(HttpExchange exchange) throws IOException {
    var body = exchange.getRequestBody().readNBytes(LARGEST_REQUEST + 1);
    if (body.length > LARGEST_REQUEST) {
      exchange.getResponseHeaders().set("Connection", "close");
      throw RegistryError.tooLarge(LARGEST_REQUEST);
    }
    return new String(body, StandardCharsets.UTF_8);
  }

  private static byte[] json(Object answer) throws IOException {
    return answer instanceof RegistryApi.Raw raw
        ? raw.json().getBytes(StandardCharsets.UTF_8)
        : JSON.writeValueAsBytes(answer);
  }

  /** Just these two members: another one breaks older clients. */
  private static byte[] error(int code, String message) throws IOException {
    var body = new LinkedHashMap<String, Object>();
    body.put("error_code", code);
    body.put("message", message);
    return JSON.writeValueAsBytes(body);
  }
}
