package dev.millrace.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;

/** Asks a runtime over HTTP. */
final class Http implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  Http(URI base) {
    this.base = base;
  }

  record Answer(int status, String type, String retryAfter, String text) {
    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new AssertionError(text, e);
      }
    }

    Stream<JsonNode> lines() {
      return text.lines().map(line -> new Answer(status, type, retryAfter, line).json());
    }
  }

  Answer get(String pathAndQuery) {
    return send("GET", pathAndQuery);
  }

  /** @param headers names and values in turn */
  Answer get(String pathAndQuery, String... headers) {
    return send(request(pathAndQuery).headers(headers));
  }

  Answer send(String method, String pathAndQuery) {
    return send(request(pathAndQuery).method(method, HttpRequest.BodyPublishers.noBody()));
  }

  private Answer send(HttpRequest.Builder builder) {
    var request = builder.timeout(TIMEOUT).build();
    try {
      var response = client.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.headers().firstValue("content-type").orElse(""),
          response.headers().firstValue("retry-after").orElse(""), response.body());
    } catch (IOException e) {
      throw new AssertionError(request.toString(), e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Answer post(String path, String json) {
    return post(path, "application/json", json);
  }

  Answer post(String path, String type, String body) {
    return send(request(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** The lines of an answer that does not end. */
  HttpResponse<Stream<String>> follow(String pathAndQuery) {
    try {
      return client.send(request(pathAndQuery).build(), BodyHandlers.ofLines());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(URI.create(base + pathAndQuery));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
