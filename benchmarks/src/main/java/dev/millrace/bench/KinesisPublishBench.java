package dev.millrace.bench;

import bench.Order;
import dev.millrace.dev.DevKinesis;
import dev.millrace.log.EventLog;
import dev.millrace.log.StreamName;
import dev.millrace.log.kinesis.KinesisLog;
import dev.millrace.log.kinesis.KinesisLogConfig;
import dev.millrace.publish.Publisher;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaRegistry;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;

/**
 * The Publisher on Kinesis, with records of one event each and with the KPL's aggregates, beside the SDK used plainly: it
 * puts the same records, made beforehand, 500 a call, one call after the other, and forgets about order; and beside the KPL,
 * which gets the same records and aggregates them. A local server's throughput says little; what costs money and CPU is
 * counted: calls, bytes, and payload units, of which each record takes one for each 25 KiB begun.
 */
final class KinesisPublishBench implements Bench {
  private static final String PEER = "aws-sdk";
  private static final StreamName STREAM = StreamName.of("bench.orders");
  private static final int SHARDS = 4;
  private static final int ROUNDS = 5;
  private static final int CALL = 500;

  @Override
  public String name() {
    return "publish-kinesis";
  }

  @Override
  public long defaultEvents() {
    return 2_000;
  }

  @Override
  public List<Figure> run(long events, Progress progress) throws Exception {
    progress.step(name() + ": starting Kinesis");
    var orders = Orders.make(Math.toIntExact(events), Math.toIntExact(events));
    var codec = EventCodec.of(SchemaRegistry.inMemory());
    var calls = new PutCalls();
    try (var kinesis = DevKinesis.start();
        var plain = log(kinesis, calls, false);
        var aggregated = log(kinesis, calls, true);
        var single = Publisher.builder(plain.writer(), codec).source("/bench").build();
        var packed = Publisher.builder(aggregated.writer(), codec).source("/bench").build();
        var client = client(kinesis, calls);
        var kpl = new Kpl(kinesis.endpoint(), calls)) {
      plain.create(STREAM, SHARDS);
      publish(single, orders);
      var records = calls.records();
      kpl.publish(STREAM.value(), records); // it asks for the stream's shards the first time
      var runs = new LinkedHashMap<String, Run>();
      runs.put("millrace", () -> publish(single, orders));
      runs.put("millrace aggregated", () -> publish(packed, orders));
      runs.put(PEER, () -> put(client, records));
      runs.put("kpl", () -> kpl.publish(STREAM.value(), records));
      return measure(events, calls, () -> cpuNanos() + kpl.cpuNanos(), runs, progress);
    }
  }

  @FunctionalInterface
  private interface Run {
    void run() throws Exception;
  }

  /** What one run came to: calls and units for a thousand events, bytes and CPU time for each. */
  private record Counted(double perSecond, double calls, double bytes, double units, double cpuMicros) {}

  private List<Figure> measure(long events, PutCalls calls, LongSupplier cpu, Map<String, Run> runs,
      Progress progress) throws Exception {
    var counted = new LinkedHashMap<String, List<Counted>>();
    var subjects = new LinkedHashMap<String, Rounds.Subject>();
    runs.forEach((subject, run) -> {
      counted.put(subject, new ArrayList<>());
      subjects.put(subject, () -> {
        var one = count(events, calls, cpu, run);
        counted.get(subject).add(one);
        return one.perSecond();
      });
    });
    var figures = new ArrayList<>(
        new Rounds(name(), 0, ROUNDS, progress).measure("throughput", "events/s", PEER, subjects));
    figures.addAll(figures("calls", "calls/1,000", counted, Counted::calls));
    figures.addAll(figures("bytes", "bytes/event", counted, Counted::bytes));
    figures.addAll(figures("payload units", "units/1,000", counted, Counted::units));
    figures.addAll(figures("cpu", "µs/event", counted, Counted::cpuMicros));
    return figures;
  }

  private static Counted count(long events, PutCalls calls, LongSupplier cpu, Run run) throws Exception {
    calls.reset();
    long before = cpu.getAsLong();
    long started = System.nanoTime();
    run.run();
    double seconds = (System.nanoTime() - started) / 1e9;
    double micros = (cpu.getAsLong() - before) / 1e3;
    return new Counted(events / seconds, calls.calls() * 1e3 / events, calls.bytes() / (double) events,
        calls.units() * 1e3 / events, micros / events);
  }

  private List<Figure> figures(String metric, String unit, Map<String, List<Counted>> counted,
      ToDoubleFunction<Counted> value) {
    double peer = median(counted.getOrDefault(PEER, List.of()), value);
    return counted.entrySet().stream().map(subject -> {
      double median = median(subject.getValue(), value);
      return new Figure(name(), subject.getKey(), metric, unit, median, ROUNDS, PEER, median / peer);
    }).toList();
  }

  private static double median(List<Counted> runs, ToDoubleFunction<Counted> value) {
    return Rounds.median(runs.stream().mapToDouble(value).toArray());
  }

  private static void publish(Publisher publisher, List<Order> orders) {
    for (var order : orders) {
      var _ = publisher.publish(order);
    }
    publisher.flush();
  }

  private static void put(KinesisAsyncClient client, List<PutRecordsRequestEntry> records) {
    for (int from = 0; from < records.size(); from += CALL) {
      var some = records.subList(from, Math.min(records.size(), from + CALL));
      client.putRecords(call -> call.streamName(STREAM.value()).records(some)).join();
    }
  }

  private static EventLog log(DevKinesis kinesis, PutCalls calls, boolean aggregation) {
    return KinesisLog.at(KinesisLogConfig.builder().endpoint(kinesis.endpoint()).aggregation(aggregation)
        .client(builder -> builder.overrideConfiguration(settings -> settings.addExecutionInterceptor(calls)))
        .build());
  }

  private static KinesisAsyncClient client(DevKinesis kinesis, PutCalls calls) {
    return KinesisAsyncClient.builder().endpointOverride(kinesis.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .overrideConfiguration(settings -> settings.addExecutionInterceptor(calls)).build();
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
