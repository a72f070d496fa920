package dev.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.micronaut.context.ApplicationContext;
import io.micronaut.http.HttpMethod;
import io.micronaut.web.router.Router;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OpenApiTest {
  private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.POST);

  @Test
  void the_document_has_every_route_and_no_other() throws IOException {
    var routes = new TreeSet<String>();
    try (var context = ApplicationContext.builder().deduceEnvironment(false).banner(false)
        .properties(
            java.util.Map.of("millrace.kafka.bootstrap-servers", "127.0.0.1:1", "millrace.registry.url",
                "http://127.0.0.1:1", "millrace.postgres.url", "jdbc:postgresql://127.0.0.1:1/none",
                "millrace.postgres.user", "nobody"))
        .start()) {
      context.getBean(Router.class).uriRoutes().filter(route -> METHODS.contains(route.getHttpMethod()))
          .forEach(route -> routes.add(route.getUriMatchTemplate().toPathString()));
    }

    var documented = new TreeSet<String>();
    try (var document = OpenApiTest.class.getResourceAsStream("/META-INF/swagger/openapi.json")) {
      Http.JSON.readTree(document).get("paths").fieldNames().forEachRemaining(documented::add);
    }

    assertThat(documented).isEqualTo(routes);
  }
}
