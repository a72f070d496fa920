package dev.millrace.bench;

import com.google.common.util.concurrent.ListenableFuture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.kinesis.producer.KinesisProducer;
import software.amazon.kinesis.producer.KinesisProducerConfiguration;
import software.amazon.kinesis.producer.UserRecordResult;

/** The KPL, Amazon's own aggregating producer, as it comes: a native daemon that this process feeds. */
final class Kpl implements AutoCloseable {
  private final Path folder;
  private final TlsFront front;
  private final KinesisProducer producer;

  Kpl(URI endpoint, PutCalls calls) throws IOException, GeneralSecurityException {
    folder = Files.createTempDirectory("millrace-kpl");
    front = new TlsFront(endpoint, calls);
    producer = new KinesisProducer(new KinesisProducerConfiguration().setRegion("us-east-1")
        .setKinesisEndpoint("127.0.0.1").setKinesisPort(front.port())
        .setStsEndpoint("127.0.0.1").setStsPort(front.port())
        .setVerifyCertificate(false).setMetricsLevel("none").setLogLevel("error")
        .setCredentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .setTempDirectory(folder.toString()));
  }

  /** Publishes the records' data under their keys, and waits for the last acknowledgement. */
  void publish(String stream, List<PutRecordsRequestEntry> records) throws Exception {
    var results = new ArrayList<ListenableFuture<UserRecordResult>>(records.size());
    for (var record : records)
      results.add(producer.addUserRecord(stream, record.partitionKey(), record.data().asByteBuffer()));
    producer.flush();
    for (var result : results) {
      if (!result.get().isSuccessful())
        throw new IllegalStateException("the KPL could not put a record");
    }
  }

  /** The daemon's CPU time so far, less that of the front, which is this process's but not the KPL's. */
  long cpuNanos() {
    return daemons().map(daemon -> daemon.info().totalCpuDuration().orElse(Duration.ZERO))
        .mapToLong(Duration::toNanos).sum() - front.cpuNanos();
  }

  private Stream<ProcessHandle> daemons() {
    return ProcessHandle.current().children()
        .filter(child -> child.info().command().orElse("").startsWith(folder.toString()));
  }

  /** The daemon is gone, with its pipes, when this returns; so is its program, which is 89 MB. */
  @Override
  public void close() throws IOException {
    var daemons = daemons().toList();
    producer.destroy();
    daemons.forEach(daemon -> daemon.onExit().join());
    front.close();
    while (Files.exists(folder))
      delete();
  }

  /** A thread of the KPL may be taking the pipes away at the same time. */
  private void delete() throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList())
        Files.deleteIfExists(file);
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof NoSuchFileException))
        throw e.getCause();
    }
  }
}
