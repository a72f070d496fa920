package dev.millrace.dev;

import static dev.millrace.dev.Rest.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.SchemaRegistry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.UUID;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

@Order(3)
class DevRegistryTest {
  private static final String V1 = """
      {"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"}],\
      "stream":"sales.orders","key":"id","owner":"sales"}""";
  private static final String V2 = V1.replace("}],",
      "},{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"}],");
  private static final String BREAKING = V1.replace("}],", "},{\"name\":\"note\",\"type\":\"string\"}],");

  private DataSource database;
  private DevRegistry registry;
  private Rest rest;

  @BeforeEach
  void start() {
    database = SharedServers.createDatabase();
    registry = DevRegistry.start(database);
    rest = Rest.of(registry);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void a_schema_is_registered_once_and_found_by_id_by_version_and_by_itself() {
    assertThat(rest.post("/subjects/a/versions", schema(V1))).isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/a/versions?normalize=true", schema(V1))).isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/b/versions", schema(V1))).isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/a/versions", schema(V2))).isEqualTo("200 {\"id\":2}");

    assertThat(rest.send("GET", "/schemas/ids/1", "").json().path("schema").asText()).isEqualTo(V1);
    assertThat(rest.send("GET", "/schemas/ids/1?fetchMaxId=true", "").json().path("maxId").asInt())
        .isEqualTo(2);
    assertThat(rest.get("/schemas/ids/2/schema")).isEqualTo("200 " + V2);
    assertThat(rest.get("/schemas/ids/1/subjects")).isEqualTo("200 [\"a\",\"b\"]");
    assertThat(rest.get("/schemas/ids/1/versions"))
        .isEqualTo("200 [{\"subject\":\"a\",\"version\":1},{\"subject\":\"b\",\"version\":1}]");
    assertThat(rest.get("/subjects")).isEqualTo("200 [\"a\",\"b\"]");
    assertThat(rest.get("/subjects?subjectPrefix=b")).isEqualTo("200 [\"b\"]");
    assertThat(rest.get("/subjects?offset=1&limit=5")).isEqualTo("200 [\"b\"]");
    assertThat(rest.get("/subjects/a/versions")).isEqualTo("200 [1,2]");
    for (var latest : new String[]{"latest", "-1", "2"}) {
      assertThat(rest.get("/subjects/a/versions/" + latest))
          .startsWith("200 {\"subject\":\"a\",\"version\":2,\"id\":2,\"schema\":");
      assertThat(rest.get("/subjects/a/versions/" + latest + "/schema")).isEqualTo("200 " + V2);
    }
    assertThat(rest.post("/subjects/a", schema(V2)))
        .startsWith("200 {\"subject\":\"a\",\"version\":2,\"id\":2,\"schema\":");
    assertThat(rest.get("/schemas/types")).isEqualTo("200 [\"AVRO\"]");
    assertThat(rest.get("/")).isEqualTo("200 {}");
  }

  @Test
  void what_is_not_there_says_which_part_is_missing() {
    rest.post("/subjects/a/versions", schema(V1));

    assertThat(rest.get("/schemas/ids/9"))
        .isEqualTo("404 {\"error_code\":40403,\"message\":\"Schema 9 not found.\"}");
    assertThat(rest.get("/schemas/ids/9/schema")).startsWith("404 {\"error_code\":40403,");
    assertThat(rest.get("/schemas/ids/9/subjects")).startsWith("404 {\"error_code\":40403,");
    assertThat(rest.get("/schemas/ids/9/versions")).startsWith("404 {\"error_code\":40403,");
    assertThat(rest.get("/subjects/no/versions")).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.get("/subjects/no/versions/1")).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.get("/subjects/no/versions/latest")).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.get("/subjects/a/versions/2")).startsWith("404 {\"error_code\":40402,");
    assertThat(rest.get("/subjects/a/versions/2/schema")).startsWith("404 {\"error_code\":40402,");
    assertThat(rest.post("/subjects/no", schema(V1))).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.post("/subjects/a", schema(V2))).startsWith("404 {\"error_code\":40403,");
    assertThat(rest.get("/config/a")).startsWith("404 {\"error_code\":40408,");
    assertThat(rest.delete("/config/a")).startsWith("404 {\"error_code\":40408,");
    assertThat(rest.post("/compatibility/subjects/a/versions/7", schema(V1)))
        .startsWith("404 {\"error_code\":40402,");
    assertThat(rest.get("/nothing/here"))
        .isEqualTo("404 {\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");
    assertThat(rest.delete("/subjects"))
        .isEqualTo("405 {\"error_code\":405,\"message\":\"HTTP 405 Method Not Allowed\"}");
  }

  @Test
  void what_is_wrong_is_refused_with_its_code() {
    for (var version : new String[]{"0", "-2", "one", "99999999999"}) {
      assertThat(rest.get("/subjects/a/versions/" + version)).startsWith("422 {\"error_code\":42202,");
    }
    for (var body : new String[]{schema("{"), schema("{\"type\":\"record\"}"), schema("\"nothing\""), "{}",
        "{\"schema\":7}", "{\"schema\":\"\\\"string\\\"\",\"schemaType\":\"PROTOBUF\"}",
        "{\"schema\":\"\\\"string\\\"\",\"references\":[{\"name\":\"x\",\"subject\":\"y\",\"version\":1}]}",
        "{\"schema\":\"\\\"string\\\"\",\"references\":[{\"name\":\"x\"}]}",
        schema("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"doc\":\"\\ud800\"}"),
        schema("[".repeat(900) + "]".repeat(900))}) {
      assertThat(rest.post("/subjects/a/versions", body)).startsWith("422 {\"error_code\":42201,");
      assertThat(rest.post("/subjects/a", body)).startsWith("422 {\"error_code\":42201,");
    }
    assertThat(rest.post("/subjects/a/versions", "{\"id\":5,\"schema\":\"\\\"string\\\"\"}"))
        .startsWith("422 {\"error_code\":42205,");
    assertThat(rest.post("/subjects/%00/versions", schema(V1))).startsWith("422 {\"error_code\":42208,");
    assertThat(rest.post("/subjects/a/versions", "no json")).startsWith("400 {\"error_code\":400,");
    assertThat(rest.post("/subjects/a/versions", "[]")).startsWith("400 {\"error_code\":400,");
    assertThat(rest.put("/config", "{\"compatibility\":\"SOME\"}")).startsWith("422 {\"error_code\":42203,");
    assertThat(rest.post("/subjects/a/versions", " ".repeat((1 << 20) + 1)))
        .startsWith("413 {\"error_code\":413,");
    assertThat(rest.get("/subjects")).isEqualTo("200 []");
  }

  @Test
  void an_answer_is_json_and_an_error_has_two_members_only() {
    var answer = rest.send("GET", "/subjects/a/versions", "");

    assertThat(answer.contentType()).isEqualTo("application/vnd.schemaregistry.v1+json");
    assertThat(answer.json().properties()).extracting(member -> member.getKey()).containsExactly("error_code",
        "message");
  }

  @Test
  void a_property_makes_another_schema_and_the_way_of_writing_does_not() {
    rest.put("/config", "{\"compatibility\":\"NONE\"}");
    rest.post("/subjects/a/versions", schema(V1));

    assertThat(rest.post("/subjects/a/versions", schema(V1.replace(",", " ,\n  "))))
        .isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/a/versions", schema(V1.replace("\"string\"", "{\"type\":\"string\"}"))))
        .isEqualTo("200 {\"id\":1}");
    assertThat(
        rest.post("/subjects/a/versions", schema(V1.replace("\"stream\":\"sales.orders\",\"key\":\"id\"",
            "\"key\":\"id\",\"stream\":\"sales.orders\""))))
        .isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/a/versions", schema(V1.replace("sales.orders", "sales.other"))))
        .isEqualTo("200 {\"id\":2}");
    assertThat(rest.post("/subjects/a/versions", schema(V1.replace("\"type\":\"record\"",
        "\"type\":\"record\",\"doc\":\"an order\"")))).isEqualTo("200 {\"id\":3}");
  }

  @Test
  void a_schema_that_breaks_the_rule_is_refused_until_the_rule_allows_it() {
    rest.post("/subjects/a/versions", schema(V1));

    assertThat(rest.post("/subjects/a/versions", schema(BREAKING)))
        .startsWith("409 {\"error_code\":409,\"message\":\"Schema being registered is incompatible");
    assertThat(rest.put("/config/a", "{\"compatibility\":\"FORWARD\"}"))
        .isEqualTo("200 {\"compatibility\":\"FORWARD\"}");
    assertThat(rest.post("/subjects/a/versions", schema(BREAKING))).isEqualTo("200 {\"id\":2}");
    assertThat(rest.get("/subjects/a/versions")).isEqualTo("200 [1,2]");
  }

  @Test
  void an_upcaster_excuses_nothing_here() {
    rest.post("/subjects/a/versions", schema(V1));

    assertThat(rest.post("/subjects/a/versions",
        schema(BREAKING.replace("\"stream\"", "\"upcaster\":\"x\",\"stream\"")))).startsWith("409 ");
  }

  @Test
  void a_transitive_rule_asks_all_versions_and_the_others_only_the_latest() {
    var narrow = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"string\"}]}";
    var without = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[]}";
    var changed = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"default\":0}]}";
    rest.post("/subjects/a/versions", schema(narrow));
    rest.post("/subjects/a/versions", schema(without));

    assertThat(rest.post("/compatibility/subjects/a/versions", schema(changed)))
        .isEqualTo("200 {\"is_compatible\":true}");
    rest.put("/config/a", "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
    assertThat(rest.post("/compatibility/subjects/a/versions", schema(changed)))
        .isEqualTo("200 {\"is_compatible\":false}");
    assertThat(rest.post("/subjects/a/versions", schema(changed))).startsWith("409 ");
  }

  @Test
  void compatibility_is_judged_without_registering() {
    assertThat(rest.post("/compatibility/subjects/a/versions/latest", schema(V1)))
        .isEqualTo("200 {\"is_compatible\":true}");
    rest.post("/subjects/a/versions", schema(V1));

    assertThat(rest.post("/compatibility/subjects/a/versions/latest", schema(V2)))
        .isEqualTo("200 {\"is_compatible\":true}");
    assertThat(rest.post("/compatibility/subjects/a/versions/1", schema(BREAKING)))
        .isEqualTo("200 {\"is_compatible\":false}");
    assertThat(rest.post("/compatibility/subjects/a/versions/1?verbose=true", schema(BREAKING)))
        .startsWith(
            "200 {\"is_compatible\":false,\"messages\":[\"{errorType:'FIELD_ADDED'")
        .endsWith("\"{validateFields: 'false', compatibility: 'BACKWARD'}\"]}");
    assertThat(rest.post("/compatibility/subjects/a/versions/latest", schema("{")))
        .startsWith("422 {\"error_code\":42201,");
    assertThat(rest.post("/compatibility/subjects/a/versions/latest?verbose=true", schema("{")))
        .startsWith("200 {\"is_compatible\":false,\"messages\":[\"Invalid schema");
    assertThat(rest.post("/compatibility/subjects/a/versions/0", schema(V1)))
        .startsWith("422 {\"error_code\":42202,");
    assertThat(rest.get("/subjects/a/versions")).isEqualTo("200 [1]");
  }

  @Test
  void a_subject_has_its_own_rule_or_the_global_one() {
    assertThat(rest.get("/config")).isEqualTo("200 {\"compatibilityLevel\":\"BACKWARD\"}");
    assertThat(rest.put("/config", "{\"compatibility\":\"full\"}"))
        .isEqualTo("200 {\"compatibility\":\"FULL\"}");
    assertThat(rest.get("/config")).isEqualTo("200 {\"compatibilityLevel\":\"FULL\"}");
    assertThat(rest.get("/config/a?defaultToGlobal=true")).isEqualTo("200 {\"compatibilityLevel\":\"FULL\"}");
    assertThat(rest.put("/config/a", "{\"compatibility\":\"NONE\"}"))
        .isEqualTo("200 {\"compatibility\":\"NONE\"}");
    assertThat(rest.get("/config/a")).isEqualTo("200 {\"compatibilityLevel\":\"NONE\"}");
    assertThat(rest.delete("/config/a")).isEqualTo("200 {\"compatibilityLevel\":\"NONE\"}");
    assertThat(rest.get("/config/a")).startsWith("404 {\"error_code\":40408,");
    assertThat(rest.delete("/config")).isEqualTo("200 {\"compatibilityLevel\":\"FULL\"}");
    assertThat(rest.get("/config")).isEqualTo("200 {\"compatibilityLevel\":\"BACKWARD\"}");
  }

  @Test
  void a_subject_is_deleted_softly_first_and_then_for_good() {
    rest.post("/subjects/a/versions", schema(V1));
    rest.post("/subjects/a/versions", schema(V2));
    rest.put("/config/a", "{\"compatibility\":\"NONE\"}");

    assertThat(rest.delete("/subjects/a?permanent=true")).startsWith("404 {\"error_code\":40405,");
    assertThat(rest.delete("/subjects/a")).isEqualTo("200 [1,2]");
    assertThat(rest.delete("/subjects/a")).startsWith("404 {\"error_code\":40404,");
    assertThat(rest.get("/config/a")).startsWith("404 {\"error_code\":40408,");
    assertThat(rest.get("/subjects")).isEqualTo("200 []");
    assertThat(rest.get("/subjects?deleted=true")).isEqualTo("200 [\"a\"]");
    assertThat(rest.get("/subjects?deletedOnly=true")).isEqualTo("200 [\"a\"]");
    assertThat(rest.get("/subjects/a/versions")).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.get("/subjects/a/versions?deleted=true")).isEqualTo("200 [1,2]");
    assertThat(rest.get("/subjects/a/versions/latest")).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.get("/subjects/a/versions/2?deleted=true"))
        .startsWith("200 {\"subject\":\"a\",\"version\":2,");
    assertThat(rest.post("/subjects/a", schema(V1))).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.post("/subjects/a?deleted=true", schema(V1)))
        .startsWith("200 {\"subject\":\"a\",\"version\":1,");
    assertThat(rest.get("/schemas/ids/1/schema")).as("events are read still").isEqualTo("200 " + V1);

    assertThat(rest.post("/subjects/a/versions", schema(V1))).isEqualTo("200 {\"id\":1}");
    assertThat(rest.get("/subjects/a/versions")).as("numbering goes on").isEqualTo("200 [3]");
    assertThat(rest.delete("/subjects/a")).isEqualTo("200 [3]");
    assertThat(rest.delete("/subjects/a?permanent=true")).isEqualTo("200 [1,2,3]");
    assertThat(rest.delete("/subjects/a?permanent=true")).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.get("/schemas/ids/1")).startsWith("404 {\"error_code\":40403,");
    assertThat(rest.post("/subjects/a/versions", schema(V1))).as("an id is never given again")
        .isEqualTo("200 {\"id\":3}");
    assertThat(rest.get("/subjects/a/versions")).as("numbering begins again").isEqualTo("200 [1]");
  }

  @Test
  void a_version_is_deleted_softly_first_and_then_for_good() {
    rest.post("/subjects/a/versions", schema(V1));
    rest.post("/subjects/a/versions", schema(V2));

    assertThat(rest.delete("/subjects/no/versions/1")).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.delete("/subjects/a/versions/7")).startsWith("404 {\"error_code\":40402,");
    assertThat(rest.delete("/subjects/a/versions/zero")).startsWith("422 {\"error_code\":42202,");
    assertThat(rest.delete("/subjects/a/versions/2?permanent=true")).startsWith("404 {\"error_code\":40407,");
    assertThat(rest.delete("/subjects/a/versions/latest")).isEqualTo("200 2");
    assertThat(rest.delete("/subjects/a/versions/2")).startsWith("404 {\"error_code\":40406,");
    assertThat(rest.get("/subjects/a/versions")).isEqualTo("200 [1]");
    assertThat(rest.get("/subjects/a/versions?deletedOnly=true")).isEqualTo("200 [2]");
    assertThat(rest.get("/schemas/ids/2/versions")).isEqualTo("200 []");
    assertThat(rest.get("/schemas/ids/2/versions?deleted=true"))
        .isEqualTo("200 [{\"subject\":\"a\",\"version\":2}]");
    assertThat(rest.post("/compatibility/subjects/a/versions", schema(V1)))
        .as("what is deleted is not held against anything").isEqualTo("200 {\"is_compatible\":true}");
    assertThat(rest.delete("/subjects/a/versions/2?permanent=true")).isEqualTo("200 2");
    assertThat(rest.get("/subjects/a/versions?deleted=true")).isEqualTo("200 [1]");
  }

  @Test
  void a_mode_says_what_may_be_done() {
    assertThat(rest.get("/mode")).isEqualTo("200 {\"mode\":\"READWRITE\"}");
    assertThat(rest.get("/mode/a")).startsWith("404 {\"error_code\":40409,");
    assertThat(rest.get("/mode/a?defaultToGlobal=true")).isEqualTo("200 {\"mode\":\"READWRITE\"}");
    assertThat(rest.put("/mode/a", "{\"mode\":\"SOME\"}")).startsWith("422 {\"error_code\":42204,");
    assertThat(rest.put("/mode/a", "{\"mode\":\"READONLY\"}")).isEqualTo("200 {\"mode\":\"READONLY\"}");
    assertThat(rest.post("/subjects/a/versions", schema(V1))).startsWith("422 {\"error_code\":42205,");
    assertThat(rest.delete("/mode/a")).isEqualTo("200 {\"mode\":\"READONLY\"}");
    assertThat(rest.post("/subjects/a/versions", schema(V1))).isEqualTo("200 {\"id\":1}");

    rest.put("/mode", "{\"mode\":\"READONLY_OVERRIDE\"}");
    rest.put("/mode/a", "{\"mode\":\"READWRITE\"}");
    assertThat(rest.delete("/subjects/a")).startsWith("422 {\"error_code\":42205,");
    assertThat(rest.post("/subjects/a/versions", schema(V1))).as("it is there already")
        .isEqualTo("200 {\"id\":1}");
    assertThat(rest.delete("/mode")).isEqualTo("200 {\"mode\":\"READONLY_OVERRIDE\"}");
  }

  @Test
  void an_import_keeps_the_ids_that_schemas_had_elsewhere() {
    var withId = schema(V1).replaceFirst("\\{", "{\"id\":41,");
    assertThat(rest.put("/mode/a", "{\"mode\":\"IMPORT\"}")).isEqualTo("200 {\"mode\":\"IMPORT\"}");

    assertThat(rest.post("/subjects/a/versions", withId)).isEqualTo("200 {\"id\":41}");
    assertThat(rest.post("/subjects/a/versions", withId)).isEqualTo("200 {\"id\":41}");
    assertThat(rest.post("/subjects/a/versions", schema(BREAKING).replaceFirst("\\{", "{\"id\":42,")))
        .as("nothing is held against anything").isEqualTo("200 {\"id\":42}");
    assertThat(rest.post("/subjects/a/versions", schema(V2).replaceFirst("\\{", "{\"id\":41,")))
        .startsWith("422 {\"error_code\":42205,");
    assertThat(rest.post("/subjects/a/versions",
        schema(V1.replace("sales.orders", "x")).replaceFirst("\\{", "{\"id\":30,\"version\":9,")))
        .isEqualTo("200 {\"id\":30}");
    assertThat(rest.get("/subjects/a/versions")).isEqualTo("200 [1,2,9]");
    assertThat(rest.post("/subjects/b/versions", schema(V2))).as("ids go on behind it")
        .isEqualTo("200 {\"id\":43}");
    assertThat(rest.put("/mode/b", "{\"mode\":\"IMPORT\"}")).startsWith("422 {\"error_code\":42205,");
    assertThat(rest.put("/mode/b?force=true", "{\"mode\":\"IMPORT\"}"))
        .isEqualTo("200 {\"mode\":\"IMPORT\"}");
  }

  @Test
  void a_schema_refers_to_types_of_other_subjects() {
    var line = "{\"type\":\"record\",\"name\":\"Line\",\"namespace\":\"shop\",\"fields\":[]}";
    var order = "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":"
        + "[{\"name\":\"line\",\"type\":\"shop.Line\"}]}";
    var references = "[{\"name\":\"shop.Line\",\"subject\":\"line\",\"version\":1}]";
    var body = schema(order).replaceFirst("\\{", "{\"references\":" + references + ",");
    assertThat(rest.post("/subjects/a/versions", body)).as("there is no such version yet")
        .startsWith("422 {\"error_code\":42201,");
    rest.post("/subjects/line/versions", schema(line));

    assertThat(rest.post("/subjects/a/versions", body)).isEqualTo("200 {\"id\":2}");
    assertThat(rest.post("/subjects/a/versions", body)).isEqualTo("200 {\"id\":2}");
    assertThat(rest.post("/subjects/a", body)).startsWith("200 {\"subject\":\"a\",\"version\":1,\"id\":2,");
    assertThat(rest.send("GET", "/schemas/ids/2", "").json().path("references")).hasToString(references);
    assertThat(rest.get("/schemas/ids/2/schema")).isEqualTo("200 " + order);
    assertThat(rest.get("/subjects/line/versions/1/referencedby")).isEqualTo("200 [2]");
    assertThat(rest.post("/compatibility/subjects/a/versions/latest", body))
        .isEqualTo("200 {\"is_compatible\":true}");
    assertThat(rest.delete("/subjects/line")).startsWith("422 {\"error_code\":42206,");
    assertThat(rest.delete("/subjects/line/versions/1")).startsWith("422 {\"error_code\":42206,");
    assertThat(SchemaRegistry.at(registry.uri()).byId(2).getField("line").schema().getFullName())
        .as("to our own client").isEqualTo("shop.Line");
    rest.delete("/subjects/a");
    assertThat(rest.delete("/subjects/line")).isEqualTo("200 [1]");
  }

  @Test
  void a_schema_is_found_by_what_it_is() throws Exception {
    rest.post("/subjects/a/versions", schema(V1));
    rest.post("/subjects/%3A.other%3Ab/versions", schema(V1));
    var text = rest.send("GET", "/schemas/ids/1", "").json().path("schema").asText();
    var md5 = ByteBuffer.wrap(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    var guid = new UUID(md5.getLong(), md5.getLong());

    var found = rest.send("GET", "/schemas/guids/" + guid, "").json();
    assertThat(found.path("schema").asText()).isEqualTo(text);
    assertThat(found.path("guid").asText()).isEqualTo(guid.toString());
    assertThat(rest.get("/schemas/guids/" + guid + "/ids"))
        .isEqualTo("200 [{\"context\":\".\",\"id\":1},{\"context\":\".other\",\"id\":1}]");
    assertThat(rest.get("/schemas/guids/" + new UUID(1, 2))).startsWith("404 {\"error_code\":40403,");
    assertThat(rest.get("/schemas/guids/x/ids")).startsWith("404 {\"error_code\":40403,");
  }

  @Test
  void the_newest_version_with_a_property_is_found() {
    var metadata = "{\"properties\":{\"major\":\"1\",\"team\":\"sales\"}}";
    var body = schema(V1).replaceFirst("\\{", "{\"metadata\":" + metadata + ",");
    assertThat(rest.post("/subjects/a/versions", body)).isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/a/versions", body)).isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/a/versions", schema(V1))).as("without it is another")
        .isEqualTo("200 {\"id\":2}");

    var found = rest.send("GET", "/subjects/a/metadata?key=major&value=1&key=team&value=sales", "").json();
    assertThat(found.path("version").asInt()).isEqualTo(1);
    assertThat(found.path("metadata")).hasToString(metadata);
    assertThat(rest.post("/subjects/a/versions",
        body.replace("{\"properties\"", "{\"tags\":null,\"sensitive\":[],\"properties\"")))
        .as("what is empty says nothing").isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/a/versions", body.replace("\"properties\"", "\"owner\"")))
        .startsWith("422 {\"error_code\":42201,");
    assertThat(rest.get("/subjects/a/metadata?key=major&value=2")).startsWith("404 {\"error_code\":40401,");
    assertThat(rest.get("/subjects/none/metadata?key=major&value=1"))
        .startsWith("404 {\"error_code\":40401,");
    assertThat(rest.get("/subjects/a/versions/2")).doesNotContain("metadata");
    assertThat(rest.send("GET", "/schemas/ids/1", "").json().path("metadata")).hasToString(metadata);
  }

  @Test
  void everything_is_listed() {
    rest.post("/subjects/a/versions", schema(V1));
    rest.post("/subjects/a/versions", schema(V2));
    rest.post("/subjects/%3A.other%3Ab/versions", schema(V1));

    assertThat(rest.send("GET", "/schemas", "").json()).hasSize(3);
    assertThat(rest.send("GET", "/schemas?latestOnly=true&subjectPrefix=a", "").json()).singleElement()
        .satisfies(found -> assertThat(found.toString()).contains("\"version\":2"));
    assertThat(rest.send("GET", "/schemas?offset=1&limit=1", "").json()).hasSize(1);
    assertThat(rest.get("/contexts")).isEqualTo("200 [\".\",\".other\"]");
    assertThat(rest.get("/v1/metadata/id")).startsWith("200 {\"scope\":");
    assertThat(rest.get("/v1/metadata/version")).startsWith("200 {");
  }

  @Test
  void a_schema_that_is_no_record_has_no_name_to_be_known_by() {
    assertThat(rest.post("/subjects/k/versions", schema("\"int\""))).isEqualTo("200 {\"id\":1}");
    assertThat(rest.post("/subjects/k/versions", schema("\"long\""))).isEqualTo("200 {\"id\":2}");
    assertThat(rest.post("/subjects/k/versions", schema("\"string\""))).startsWith("409 ");
  }

  @Test
  void a_subject_may_have_any_name() {
    for (var name : new String[]{"a/b", "a+b c", "größe", ":.ctx:x", "100%"}) {
      var path = "/subjects/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
      assertThat(rest.post(path + "/versions", schema(V1))).isEqualTo("200 {\"id\":1}");
      assertThat(rest.send("GET", path + "/versions/1", "").json().path("subject").asText()).isEqualTo(name);
    }
  }

  @Test
  void concurrent_registrations_of_one_schema_find_one_id_and_no_version_twice() throws Exception {
    var start = new CountDownLatch(1);
    try (var second = DevRegistry.start(database);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var rests = new Rest[]{rest, Rest.of(second)};
      var tasks = new ArrayList<Callable<String>>();
      for (int i = 0; i < 40; i++) {
        var to = rests[i % 2];
        var text = i % 4 < 2 ? V1 : V2;
        tasks.add(() -> {
          start.await();
          return text.length() + " " + to.post("/subjects/a/versions", schema(text));
        });
      }
      var futures = tasks.stream().map(threads::submit).toList();
      start.countDown();
      var answers = new HashSet<String>();
      for (var future : futures) {
        answers.add(future.get());
      }

      assertThat(answers).hasSize(2);
      assertThat(rest.get("/subjects/a/versions")).isEqualTo("200 [1,2]");
      assertThat(rest.get("/schemas/ids/1?fetchMaxId=true")).contains("\"maxId\":2");
    }
  }

  @Test
  void a_restart_keeps_everything() {
    rest.post("/subjects/a/versions", schema(V1));
    rest.put("/config/a", "{\"compatibility\":\"FULL\"}");
    registry.close();

    try (var again = DevRegistry.start(database)) {
      var afterwards = Rest.of(again);
      assertThat(afterwards.get("/schemas/ids/1/schema")).isEqualTo("200 " + V1);
      assertThat(afterwards.get("/config/a")).isEqualTo("200 {\"compatibilityLevel\":\"FULL\"}");
      assertThat(afterwards.post("/subjects/a/versions", schema(V1))).isEqualTo("200 {\"id\":1}");
      assertThat(afterwards.post("/subjects/a/versions", schema(V2))).isEqualTo("200 {\"id\":2}");
    }
  }

  @Test
  void a_port_that_is_taken_is_named() {
    assertThatThrownBy(() -> DevRegistry.start(database, registry.port()))
        .isInstanceOfSatisfying(DevException.class,
            e -> assertThat(e.code()).isEqualTo(DevException.Code.PORT_TAKEN))
        .hasMessageContaining("port " + registry.port()).hasMessageContaining("--registry-port");
  }
}
