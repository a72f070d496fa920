package dev.millrace.schema;

import static dev.millrace.schema.SchemaException.Code.REGISTRY_UNREACHABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/** Asks a registry server, again and again while it does not answer and patience lasts. Every request may be repeated. */
final class RegistryHttp {
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final String ACCEPTED = MEDIA_TYPE
      + ", application/vnd.schemaregistry+json; q=0.9, application/json; q=0.5";
  private static final Duration ATTEMPT = Duration.ofSeconds(5);
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final ObjectMapper json = new ObjectMapper();
  private final URI address;
  private final String credentials;
  private final Duration patience;
  private final HttpClient client;

  /** @param address may hold {@code user:password@}, which no message repeats */
  RegistryHttp(URI address, Duration patience) {
    if (address.getHost() == null
        || !("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
      throw new IllegalArgumentException(
          "'" + withoutUser(address) + "' is no registry address: it is like http://localhost:8081");
    }
    this.address = withoutUser(address);
    this.credentials = address.getUserInfo() == null ? "" : address.getUserInfo();
    this.patience = patience;
    this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(ATTEMPT)
        .followRedirects(HttpClient.Redirect.NORMAL).build();
  }

  private static URI withoutUser(URI address) {
    var text = address.toString();
    var user = address.getRawUserInfo();
    text = user == null ? text : text.replace(user + "@", "");
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  URI address() {
    return address;
  }

  /**
   * What the server said.
   *
   * @param body missing where it is no JSON
   */
  record Answer(int status, JsonNode body) {
    /** Whether it is an error with one of these codes. */
    boolean isOneOf(int... codes) {
      int code = body.path("error_code").intValue();
      return status >= 400 && Arrays.stream(codes).anyMatch(one -> one == code);
    }

    String message() {
      return body.path("message")
          .asText("it gave no reason, so it may be no schema registry: check the address");
    }
  }

  /** @throws SchemaException REGISTRY_UNREACHABLE, naming the address, what was tried, and what to do */
  Answer get(String path) {
    return ask(request(path).GET().build());
  }

  /** @throws SchemaException as {@link #get} does */
  Answer post(String path, JsonNode body) {
    return ask(request(path).POST(BodyPublishers.ofString(body.toString())).build());
  }

  /** @throws SchemaException as {@link #get} does */
  Answer put(String path, JsonNode body) {
    return ask(request(path).PUT(BodyPublishers.ofString(body.toString())).build());
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(URI.create(address + path)).header("Accept", ACCEPTED)
        .header("Content-Type", MEDIA_TYPE).timeout(patience.compareTo(ATTEMPT) < 0 ? patience : ATTEMPT);
    if (!credentials.isEmpty()) {
      request.header("Authorization",
          "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)));
    }
    return request;
  }

  private Answer ask(HttpRequest request) {
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    for (int attempt = 1;; attempt++) {
      String failure;
      try {
        var response = client.send(request, BodyHandlers.ofString());
        if (!isPassing(response.statusCode()))
          return new Answer(response.statusCode(), body(response));
        failure = "it answered " + response.statusCode();
      } catch (IOException e) {
        failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      } catch (InterruptedException e) {
        throw interrupted(request, e);
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0)
        throw unreachable(request, attempt, failure);
      pause(request, Math.min(left, ThreadLocalRandom.current().nextLong(pause / 2, pause + 1)));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  /** Whether the same request may well be answered later. */
  private static boolean isPassing(int status) {
    return status >= 500 || status == 429 || status == 408;
  }

  private JsonNode body(HttpResponse<String> response) {
    try {
      return json.readTree(response.body());
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private void pause(HttpRequest request, long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw interrupted(request, e);
    }
  }

  private SchemaException interrupted(HttpRequest request, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new SchemaException(REGISTRY_UNREACHABLE,
        "interrupted while asking the schema registry at " + address + " " + line(request), cause);
  }

  private SchemaException unreachable(HttpRequest request, int attempts, String failure) {
    return new SchemaException(REGISTRY_UNREACHABLE,
        "the schema registry at " + address + " did not answer " + line(request) + " within "
            + patience.toMillis() / 1000.0 + " s and " + attempts + " attempts (the last: " + failure
            + "): start it, or give its right address");
  }

  private static String line(HttpRequest request) {
    return request.method() + " " + request.uri().getRawPath();
  }
}
