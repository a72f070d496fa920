package dev.millrace.dev;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which endpoint answers a request. Filled by one thread, then read by many. */
final class RegistryRoutes {
  /** Answers a request with what becomes JSON. */
  @FunctionalInterface
  interface Endpoint {
    Object answer(RegistryRequest request);
  }

  private record Route(String method, List<String> segments, Endpoint endpoint) {
    /** The segments that stand in the route's gaps, where the path has the route's shape. */
    Optional<List<String>> match(List<String> path) {
      if (path.size() != segments.size()) {
        return Optional.empty();
      }
      var gaps = new ArrayList<String>();
      for (int i = 0; i < path.size(); i++) {
        if (segments.get(i).equals("{}")) {
          gaps.add(path.get(i));
        } else if (!segments.get(i).equals(path.get(i))) {
          return Optional.empty();
        }
      }
      return Optional.of(gaps);
    }
  }

  private final List<Route> routes = new ArrayList<>();

  /** Adds a route; a segment {@code {}} is a gap, and routes added earlier go first. */
  RegistryRoutes on(String method, String path, Endpoint endpoint) {
    routes.add(new Route(method, segments(path), endpoint));
    return this;
  }

  /** @throws RegistryError 404 where no route has the path, 405 where none has it with this method */
  Object answer(String method, String rawPath, @Nullable String rawQuery, String body) {
    var path = segments(rawPath);
    boolean otherMethod = false;
    for (var route : routes) {
      var gaps = route.match(path);
      if (gaps.isPresent() && route.method.equals(method)) {
        return route.endpoint.answer(new RegistryRequest(gaps.get(), query(rawQuery), body));
      }
      otherMethod |= gaps.isPresent();
    }
    throw otherMethod ? new RegistryError(405, "HTTP 405 Method Not Allowed") : RegistryError.noSuchPath();
  }

  private static List<String> segments(String rawPath) {
    var segments = new ArrayList<String>();
    for (var segment : rawPath.split("/", -1)) {
      // A plus is a plus in a path, and a space only in a query.
      segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
    }
    if (segments.size() > 2 && segments.getLast().isEmpty()) {
      segments.removeLast();
    }
    return segments;
  }

  private static Map<String, List<String>> query(@Nullable String raw) {
    var query = new LinkedHashMap<String, List<String>>();
    for (var pair : raw == null ? new String[0] : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      var name = equals < 0 ? pair : pair.substring(0, equals);
      var value = equals < 0 ? "" : pair.substring(equals + 1);
      query.computeIfAbsent(URLDecoder.decode(name, StandardCharsets.UTF_8), _ -> new ArrayList<>())
          .add(URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return query;
  }
}
