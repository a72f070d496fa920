package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.MetadataVersion;

/** The folder of a node's logs: formatted once, and checked at every start. */
final class KafkaFolder {
  private static final String MARK = "meta.properties";
  /** What a broker leaves that stopped by itself, and removes when it starts. */
  private static final String STOPPED = ".kafka_cleanshutdown";
  /** What a start that was killed while formatting leaves: the mark is written last. */
  private static final Set<String> HALF_FORMATTED = Set.of("bootstrap.checkpoint", "bootstrap.checkpoint.tmp",
      "__cluster_metadata-0", MARK + ".tmp");

  private KafkaFolder() {}

  /** @throws DevException OTHER_VERSION where the folder holds something else, or logs that this Kafka does not know */
  static void prepare(Path logs) {
    try {
      Files.createDirectories(logs);
      if (Files.exists(logs.resolve(MARK))) {
        check(logs);
      } else {
        clear(logs);
        format(logs);
      }
    } catch (IOException e) {
      throw new DevException(Code.UNWRITABLE, "Kafka's folder " + logs + " cannot be read or written: " + e,
          e);
    }
  }

  /** Whether the broker that wrote the folder did not stop by itself. Asked before the next one starts. */
  static boolean wasKilled(Path logs) {
    return Files.exists(logs.resolve(MARK)) && Files.notExists(logs.resolve(STOPPED));
  }

  private static void check(Path logs) throws IOException {
    var mark = new Properties();
    try (var reader = Files.newBufferedReader(logs.resolve(MARK))) {
      mark.load(reader);
    }
    if (!"1".equals(mark.getProperty("version"))
        || !KafkaSettings.NODE_ID.equals(mark.getProperty("node.id"))) {
      throw new DevException(Code.OTHER_VERSION,
          "the folder " + logs + " was written by another Kafka (" + mark
              + "): move it away, or choose another folder with --data-dir");
    }
  }

  private static void clear(Path logs) throws IOException {
    try (var files = Files.list(logs)) {
      for (var file : files.toList()) {
        if (!HALF_FORMATTED.contains(file.getFileName().toString())) {
          throw new DevException(Code.OTHER_VERSION, "the folder " + logs + " is not Kafka's: it holds "
              + file.getFileName() + " but no " + MARK + "; choose an empty folder with --data-dir");
        }
        DataFolder.delete(file);
      }
    }
  }

  private static void format(Path logs) throws IOException {
    try {
      new Formatter()
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setNodeId(Integer.parseInt(KafkaSettings.NODE_ID)).setClusterId(Uuid.randomUuid().toString())
          .addDirectory(logs.toString()).setMetadataLogDirectory(logs.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName(KafkaSettings.CONTROLLER)
          .setHasDynamicQuorum(true)
          .setInitialControllers(DynamicVoters.parse(
              KafkaSettings.NODE_ID + "@" + Ports.HOST + ":0:" + Uuid.randomUuid()))
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("formatting failed", e);
    }
  }
}
