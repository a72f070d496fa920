package dev.millrace.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Raw calls on a stream of one shard: what any SDK sends. */
record KinesisCalls(URI endpoint, String stream) {
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  void create() throws Exception {
    call("CreateStream", Map.of("StreamName", stream, "ShardCount", 1));
    for (var state = ""; !state.equals("ACTIVE");)
      state = call("DescribeStreamSummary", Map.of("StreamName", stream))
          .at("/StreamDescriptionSummary/StreamStatus").asText();
  }

  /** Returns when it is acknowledged. */
  void put(String text) throws Exception {
    var data = Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    call("PutRecord", Map.of("StreamName", stream, "PartitionKey", "k", "Data", data));
  }

  List<String> records() throws Exception {
    var start = call("GetShardIterator",
        Map.of("StreamName", stream, "ShardId", "shardId-000000000000", "ShardIteratorType", "TRIM_HORIZON"));
    var read = call("GetRecords", Map.of("ShardIterator", start.get("ShardIterator").asText()));
    var texts = new ArrayList<String>();
    for (var record : read.get("Records"))
      texts.add(new String(record.get("Data").binaryValue(), UTF_8));
    return texts;
  }

  private JsonNode call(String action, Map<String, Object> body) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(endpoint).header("Content-Type", "application/x-amz-json-1.1")
        .header("X-Amz-Target", "Kinesis_20131202." + action).header("X-Amz-Date", "20260101T000000Z")
        .header("Authorization", "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/kinesis/aws4_request,"
            + " SignedHeaders=host, Signature=0")
        .POST(BodyPublishers.ofString(Rest.JSON.writeValueAsString(body))).build();
    var answer = HTTP.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200)
      throw new AssertionError(action + ": " + answer.statusCode() + " " + answer.body());
    return answer.body().isEmpty() ? Rest.JSON.nullNode() : Rest.JSON.readTree(answer.body());
  }
}
