package dev.millrace.dev;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** Raw requests to a registry: what any language's client sends. */
record Rest(URI address, HttpClient http) {
  static final ObjectMapper JSON = new ObjectMapper();

  static Rest of(DevRegistry registry) {
    return new Rest(registry.uri(), HttpClient.newHttpClient());
  }

  /** A status and a body. */
  record Answer(int status, String body, String contentType) {
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return status + " " + body;
    }
  }

  String get(String path) {
    return send("GET", path, "").toString();
  }

  String delete(String path) {
    return send("DELETE", path, "").toString();
  }

  String put(String path, String body) {
    return send("PUT", path, body).toString();
  }

  String post(String path, String body) {
    return send("POST", path, body).toString();
  }

  /** The body of a request that carries a schema. */
  static String schema(String text) {
    try {
      return JSON.writeValueAsString(Map.of("schema", text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Answer send(String method, String path, String body) {
    var request = HttpRequest.newBuilder(URI.create(address + path))
        .header("Content-Type", "application/vnd.schemaregistry.v1+json")
        .method(method, BodyPublishers.ofString(body)).build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(),
          answer.headers().firstValue("Content-Type").orElse("none"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
