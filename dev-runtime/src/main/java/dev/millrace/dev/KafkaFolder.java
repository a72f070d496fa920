package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.DynamicVoters;
import org.apache.kafka.server.common.MetadataVersion;

/** The folder of a node's logs: formatted once, and checked at every start. */
final class KafkaFolder {
  private static final String MARK = "meta.properties";

  private KafkaFolder() {}

  /** @throws DevException OTHER_VERSION where the folder holds something else, or logs that this Kafka does not know */
  static void prepare(Path logs) {
    try {
      if (Files.exists(logs.resolve(MARK))) {
        check(logs);
      } else {
        requireEmpty(logs);
        format(logs);
      }
    } catch (IOException e) {
      throw new DevException(Code.UNWRITABLE, "Kafka's folder " + logs + " cannot be read or written: " + e,
          e);
    }
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

  private static void requireEmpty(Path logs) throws IOException {
    try (var files = Files.list(logs)) {
      // A start that was killed while formatting leaves nothing but this behind.
      var stranger = files.filter(file -> !file.endsWith("bootstrap.checkpoint")
          && !file.endsWith("__cluster_metadata-0")).findFirst();
      if (stranger.isPresent()) {
        throw new DevException(Code.OTHER_VERSION, "the folder " + logs + " is not Kafka's: it holds "
            + stranger.get().getFileName() + " but no " + MARK + "; choose an empty folder with --data-dir");
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
