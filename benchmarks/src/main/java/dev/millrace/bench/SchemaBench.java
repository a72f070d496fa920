package dev.millrace.bench;

import bench.Order;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.EventType;
import dev.millrace.schema.Level;
import dev.millrace.schema.SchemaCheck;
import dev.millrace.schema.SchemaRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * What evolution costs: the check of every version of many types against all before it, beside Avro's check of the same pairs, which
 * reads no events; and the decoding of an order that an older schema wrote, beside Avro's fast reader at its quickest and Jackson.
 * The older schema has no note and smaller prices.
 */
final class SchemaBench implements Bench {
  private static final int VERSIONS = 10;
  private static final int EVENTS_A_TYPE = 1_000;
  private static final int KEPT = 1_000;

  @Override
  public String name() {
    return "schema";
  }

  /** The types that are checked; a thousand times as many events are decoded. */
  @Override
  public long defaultEvents() {
    return 500;
  }

  @Override
  public List<Figure> run(long types, Progress progress) throws Exception {
    var figures = new ArrayList<>(check(types, progress));
    figures.addAll(decode(types * EVENTS_A_TYPE, progress));
    return figures;
  }

  private List<Figure> check(long types, Progress progress) throws Exception {
    var histories = new ArrayList<List<Schema>>();
    for (int type = 0; type < types; type++)
      histories.add(history(type));
    var subjects = new LinkedHashMap<String, Rounds.Subject>();
    subjects.put("millrace", () -> Rounds.seconds(() -> histories.forEach(SchemaBench::checkByMillrace)));
    subjects.put("avro", () -> Rounds.seconds(() -> histories.forEach(SchemaBench::checkByAvro)));
    return new Rounds(name(), 1, 3, progress).measure("check", "s", "avro", subjects);
  }

  /** Versions that each add a field, in turn in the event and in the record that it holds. */
  private static List<Schema> history(int type) {
    var versions = new ArrayList<Schema>();
    for (int version = 1; version <= VERSIONS; version++) {
      var event = new StringBuilder();
      var line = new StringBuilder();
      for (int added = 2; added <= version; added++) {
        (added % 2 == 0 ? event : line).append(", {\"name\": \"added").append(added)
            .append("\", \"type\": [\"null\", \"long\"], \"default\": null}");
      }
      versions.add(new Schema.Parser().parse(
          """
              {"type": "record", "name": "Event%d", "namespace": "bench.check", "stream": "s", "key": "id", "owner": "o",
               "fields": [{"name": "id", "type": "string"}, {"name": "at", "type": {"type": "long", "logicalType":
                "timestamp-micros"}}, {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18,
                "scale": 3}}, {"name": "state", "type": {"type": "enum", "name": "State%d", "symbols": ["A", "B", "C"]}},
                {"name": "country", "type": "string"}, {"name": "gift", "type": "boolean"}, {"name": "units", "type": "int"},
                {"name": "note", "type": ["null", "string"]}, {"name": "tags", "type": {"type": "map", "values": "string"}},
                {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line%d", "fields": [
                 {"name": "sku", "type": "string"}, {"name": "price", "type": "double"}%s]}}}%s]}"""
              .formatted(type, type, type, line, event)));
    }
    return versions;
  }

  private static void checkByMillrace(List<Schema> versions) {
    for (int i = 2; i <= versions.size(); i++) {
      if (SchemaCheck.forbids(SchemaCheck.of(versions.subList(0, i), Level.FULL_TRANSITIVE)))
        throw new IllegalStateException("a field with a default breaks");
    }
  }

  private static void checkByAvro(List<Schema> versions) {
    for (int i = 1; i < versions.size(); i++) {
      for (var older : versions.subList(0, i)) {
        SchemaCompatibility.checkReaderWriterCompatibility(versions.get(i), older);
        SchemaCompatibility.checkReaderWriterCompatibility(older, versions.get(i));
      }
    }
  }

  private List<Figure> decode(long events, Progress progress) throws Exception {
    var orders = Orders.make(KEPT, KEPT);
    var newest = Order.TYPE.newest().toString();
    var type = EventType.of(Order.SHAPE, List.of(older(newest), newest));
    var codec = EventCodec.of(SchemaRegistry.inMemory());
    var decoder = codec.decoder(List.of(type));
    var framed = orders.stream().map(order -> codec.encode(type.at(1), order)).toList();
    var avro = avroPath();
    var bare = framed.stream().map(bytes -> Arrays.copyOfRange(bytes, 5, bytes.length)).toList();
    var json = new OrderJson();
    var texts = new ArrayList<byte[]>();
    for (var order : orders)
      texts.add(json.write(order));
    if (!decoder.decode(framed.getFirst()).orElseThrow().equals(orders.getFirst())
        || !avro.decode(bare.getFirst()).getOrderId().equals(orders.getFirst().orderId()))
      throw new IllegalStateException("an older order is read as another");

    var subjects = new LinkedHashMap<String, Rounds.Subject>();
    subjects.put("millrace", () -> PerEvent.nanos(events, framed, decoder::decode));
    subjects.put("avro-specific", () -> PerEvent.nanos(events, bare, avro::decode));
    subjects.put("jackson", () -> PerEvent.nanos(events, texts, json::read));
    var rounds = new Rounds(name(), 3, 9, progress);
    var figures = new ArrayList<>(rounds.measure("decode-older", "ns/event", "avro-specific", subjects));
    subjects.remove("avro-specific");
    figures.addAll(rounds.measure("decode-older-json", "ns/event", "jackson", subjects));
    return figures;
  }

  /** Without what came later. */
  private static String older(String newest) {
    return newest.replace("{\"name\":\"note\",\"type\":[\"null\",\"string\"],\"default\":null},", "")
        .replace("{\"name\":\"pence\",\"type\":\"long\"}", "{\"name\":\"pence\",\"type\":\"int\"}");
  }

  /** As the class that Avro compiles, by its fast reader. */
  private static AvroPath<bench.avro.Order> avroPath() {
    var data = new SpecificData();
    data.setFastReaderEnabled(true);
    var reader = bench.avro.Order.getClassSchema();
    var writer = new Schema.Parser().parse(
        older(Order.TYPE.newest().toString()).replace("\"namespace\":\"bench\"",
            "\"namespace\":\"bench.avro\""));
    return new AvroPath<>(new SpecificDatumWriter<>(reader, data),
        new SpecificDatumReader<>(writer, reader, data));
  }
}
