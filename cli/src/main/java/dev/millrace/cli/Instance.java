package dev.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** A running instance of Millrace, known by the address of its HTTP API. */
final class Instance {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private URI url = URI.create("http://127.0.0.1:8080");

  /** One parameter of a query; a name may stand several times. */
  record Parameter(String name, String value) {}

  @Option(names = "--url", paramLabel = "URL", defaultValue = "${env:MILLRACE_URL:-http://127.0.0.1:8080}", description = "the HTTP address of the running instance; otherwise MILLRACE_URL, otherwise http://127.0.0.1:8080")
  void url(URI address) {
    this.url = address;
  }

  /**
   * Asks for one JSON document.
   *
   * @param path segments, encoded here
   * @throws CliException UNREACHABLE, REFUSED or BAD_ANSWER
   */
  JsonNode get(List<Parameter> query, String... path) {
    return get(List.of(), query, path);
  }

  /** Asks for one JSON document, with headers. */
  JsonNode get(List<Parameter> headers, List<Parameter> query, String... path) {
    var request = request(query, path);
    headers.forEach(header -> request.header(header.name(), header.value()));
    return document(request.build());
  }

  /**
   * Tells the instance to do something, and answers the JSON document that it says of it.
   *
   * @param body what to do it with
   * @param path segments, encoded here
   * @throws CliException UNREACHABLE, REFUSED or BAD_ANSWER
   */
  JsonNode post(JsonNode body, String... path) {
    return document(request(List.of(), path).header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(Json.line(body))).build());
  }

  private JsonNode document(HttpRequest request) {
    try (HttpClient client = client(); InputStream body = send(client, request)) {
      return Json.read(body.readAllBytes());
    } catch (JsonProcessingException e) {
      throw new CliException(CliException.Code.BAD_ANSWER, "what answers at " + url + " does not speak JSON: "
          + "is it an instance of Millrace?", e);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * Asks for lines and hands over each as it comes, until there are no more or the taker wants none.
   *
   * @throws CliException UNREACHABLE, REFUSED or BAD_ANSWER
   */
  void lines(Predicate<String> taker, List<Parameter> query, String... path) {
    HttpClient client = client();
    try (var reader = new BufferedReader(
        new InputStreamReader(send(client, request(query, path).build()), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank() && !taker.test(line))
          return;
      }
    } catch (IOException e) {
      throw unreachable(e);
    } finally {
      // not close(), which would wait for the rest of the answer
      client.shutdownNow();
    }
  }

  private HttpRequest.Builder request(List<Parameter> query, String... path) {
    return HttpRequest.newBuilder(uri(query, path));
  }

  private InputStream send(HttpClient client, HttpRequest request) throws IOException {
    try {
      HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
      if (response.statusCode() / 100 == 2)
        return response.body();
      try (InputStream body = response.body()) {
        throw refused(response.statusCode(), request, body.readAllBytes());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private CliException refused(int status, HttpRequest request, byte[] body) {
    try {
      // RFC 9457, as the runtime answers every failure
      JsonNode problem = Json.read(body);
      if (problem.hasNonNull("detail")) {
        var code = status / 100 == 4 ? CliException.Code.REFUSED : CliException.Code.BAD_ANSWER;
        String name = problem.path("code").asText("");
        return new CliException(code,
            problem.get("detail").asText() + (name.isEmpty() ? "" : " (" + name + ")"));
      }
    } catch (IOException e) {
      // not our API then: told by what it did answer
    }
    return new CliException(CliException.Code.BAD_ANSWER, request.method() + " " + request.uri()
        + " was answered with status " + status + ": is it an instance of Millrace?");
  }

  private CliException unreachable(IOException cause) {
    String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new CliException(CliException.Code.UNREACHABLE, "no answer from " + url + " (" + reason
        + "): start an instance with 'millrace dev' or 'millrace demo', or give the address of one with --url or MILLRACE_URL",
        cause);
  }

  private URI uri(List<Parameter> query, String... path) {
    var text = new StringBuilder(url.toString().replaceAll("/+$", ""));
    for (String segment : path) {
      // URLEncoder writes forms, where a space is a plus; in a path it is not
      text.append('/').append(encoded(segment));
    }
    if (!query.isEmpty()) {
      text.append(query.stream().map(one -> encoded(one.name()) + "=" + encoded(one.value()))
          .collect(Collectors.joining("&", "?", "")));
    }
    return URI.create(text.toString());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  }
}
