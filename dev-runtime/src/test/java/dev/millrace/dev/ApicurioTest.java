package dev.millrace.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.SchemaRegistry;
import dev.millrace.schema.SchemaRegistryContract;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Our client with another vendor's server: Apicurio, by its door for Confluent's clients. With {@code -Pregistry-clients}. */
@EnabledIfSystemProperty(named = "millrace.registry.clients", matches = "true", disabledReason = "fetches Apicurio: -Pregistry-clients")
class ApicurioTest extends SchemaRegistryContract {
  private static final Path LOG = Path
      .of("target", "forked-jvms", "apicurio-" + ProcessHandle.current().pid() + ".log").toAbsolutePath();
  @SuppressWarnings("NullAway.Init") // before all tests
  private static Process server;
  @SuppressWarnings("NullAway.Init") // before all tests
  private static URI uri;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    int port = Ports.free();
    Files.createDirectories(LOG.getParent());
    uri = URI.create("http://127.0.0.1:" + port + "/apis/ccompat/v7");
    var home = Path.of(System.getProperty("millrace.apicurio"));
    server = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Dquarkus.http.port=" + port, "-Dquarkus.http.host=127.0.0.1", "-Dquarkus.management.enabled=false",
        "-jar",
        home.resolve("quarkus-run.jar").toString())).directory(home.toFile()).redirectErrorStream(true)
        .redirectOutput(LOG.toFile()).start();
    Awaitility.await("Apicurio answers").until(ApicurioTest::answers);
    setRuleOfAll("BACKWARD"); // it has NONE, where Confluent's has BACKWARD
  }

  private static void setRuleOfAll(String rule) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var answer = http.send(
          HttpRequest.newBuilder(URI.create(uri + "/config")).header("Content-Type", "application/json")
              .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\": \"" + rule + "\"}")).build(),
          BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  private static boolean answers() throws IOException, InterruptedException {
    assertThat(server.isAlive()).as("%s: %s", LOG, Files.readString(LOG)).isTrue();
    try (var http = HttpClient.newHttpClient()) {
      return http
          .send(HttpRequest.newBuilder(URI.create(uri + "/subjects")).build(), BodyHandlers.discarding())
          .statusCode() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    server.destroy();
    server.waitFor();
  }

  @Override
  protected SchemaRegistry registry() {
    return SchemaRegistry.at(uri);
  }

  @Override
  protected boolean tellsReasons() {
    return false;
  }
}
