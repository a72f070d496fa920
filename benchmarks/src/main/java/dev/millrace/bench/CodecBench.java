package dev.millrace.bench;

import bench.Order;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;

/**
 * The codec beside Avro's own generic and specific paths, each at its quickest (fast reader, custom coders, reused encoders
 * and decoders), and Jackson. One thread; nanoseconds for one order of two lines.
 */
final class CodecBench implements Bench {
  private static final int KEPT = 1_000;
  private static final String PEER = "avro-specific";

  @Override
  public String name() {
    return "codec";
  }

  @Override
  public long defaultEvents() {
    return 1_000_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    var rounds = new Rounds(name(), 3, 9, progress);
    var orders = Orders.make(KEPT, KEPT);
    var codec = EventCodec.of(SchemaRegistry.inMemory());
    var decoder = codec.decoder(List.of(Order.TYPE));
    var framed = orders.stream().map(codec::encode).toList();
    var avro = framed.stream().map(bytes -> Arrays.copyOfRange(bytes, 5, bytes.length)).toList();
    var schema = bench.avro.Order.getClassSchema();
    var genericData = new GenericData();
    genericData.setFastReaderEnabled(true);
    var specifics = AvroPath.ofOrders();
    var generics = new AvroPath<>(new GenericDatumWriter<Object>(schema, genericData),
        new GenericDatumReader<Object>(schema, schema, genericData));
    var specificOrders = specifics.decodeAll(avro);
    var genericOrders = generics.decodeAll(avro);
    var json = new OrderJson();
    var texts = new ArrayList<byte[]>();
    for (var order : orders) {
      texts.add(json.write(order));
    }

    var encode = new LinkedHashMap<String, Rounds.Subject>();
    encode.put("millrace", () -> PerEvent.nanos(events, orders, codec::encode));
    encode.put("avro-specific", () -> PerEvent.nanos(events, specificOrders, specifics::encode));
    encode.put("avro-generic", () -> PerEvent.nanos(events, genericOrders, generics::encode));
    encode.put("jackson", () -> PerEvent.nanos(events, orders, json::write));
    var figures = new ArrayList<>(rounds.measure("encode", "ns/event", PEER, encode));
    var decode = new LinkedHashMap<String, Rounds.Subject>();
    decode.put("millrace", () -> PerEvent.nanos(events, framed, decoder::decode));
    decode.put("avro-specific", () -> PerEvent.nanos(events, avro, specifics::decode));
    decode.put("avro-generic", () -> PerEvent.nanos(events, avro, generics::decode));
    decode.put("jackson", () -> PerEvent.nanos(events, texts, json::read));
    figures.addAll(rounds.measure("decode", "ns/event", PEER, decode));
    figures.addAll(sizes(framed, texts));
    return figures;
  }

  private List<Figure> sizes(List<byte[]> framed, List<byte[]> texts) {
    double ours = framed.stream().mapToInt(bytes -> bytes.length).average().orElseThrow();
    double theirs = texts.stream().mapToInt(bytes -> bytes.length).average().orElseThrow();
    return List.of(new Figure(name(), "millrace", "size", "bytes/event", ours, 1, "jackson", ours / theirs),
        new Figure(name(), "jackson", "size", "bytes/event", theirs, 1, "jackson", 1));
  }
}
