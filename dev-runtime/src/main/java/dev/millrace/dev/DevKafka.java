package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The real Kafka broker in this process: one node that is broker and controller, on the loopback interface, with no
 * password. Safe for use by many threads.
 *
 * <p>What it acknowledged outlives a kill of this process: the next start on the same folder has it.
 */
public final class DevKafka implements AutoCloseable {
  private final DataFolder folder;
  private final KafkaNode node;

  private DevKafka(DataFolder folder, KafkaNode node) {
    this.folder = folder;
    this.node = node;
  }

  /** Starts a broker on any free port, with a temporary folder that is removed at close. */
  public static DevKafka start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** What a client needs to find the broker, such as {@code 127.0.0.1:9092}. */
  public String bootstrapServers() {
    return Ports.HOST + ":" + port();
  }

  public int port() {
    return node.port();
  }

  /** The fault that the broker met since it started, if any: it may no longer answer. */
  public Optional<Throwable> failure() {
    return node.failure();
  }

  /** Stops the broker, waits until it has stopped, and removes a temporary folder. Again is nothing. */
  @Override
  public void close() {
    node.close();
    folder.close();
  }

  /**
   * Deletes the data and leaves the broker to end with the process. Stopping it would first flush the log of every
   * partition, one by one, only for the files to be deleted.
   */
  void discardAtExit() {
    folder.close();
  }

  /** The options of a broker. Not for use by several threads. */
  public static final class Builder {
    private final Map<String, String> overrides = new HashMap<>();
    private @Nullable Path dataDir;
    private int port;

    private Builder() {}

    /** Keeps the data in this folder, which is made where there is none. Without it, in a temporary one. */
    public Builder dataDir(Path folder) {
      this.dataDir = folder;
      return this;
    }

    /** The port for clients; 0, which is the default, takes any free one. */
    public Builder port(int port) {
      this.port = Ports.checked(port);
      return this;
    }

    /** A setting of the broker by Kafka's own name, such as {@code log.segment.bytes}. */
    public Builder set(String name, String value) {
      overrides.put(name, value);
      return this;
    }

    /**
     * Starts the broker and waits until it answers.
     *
     * @throws DevException PORT_TAKEN, FOLDER_IN_USE, OTHER_VERSION, UNWRITABLE, NO_SPACE, NOT_STARTED
     */
    public DevKafka start() {
      Ports.requireFree(port, "Kafka");
      var folder = DataFolder.of(dataDir, "Kafka");
      try {
        return new DevKafka(folder, KafkaNode.start(folder.path().resolve("logs"), port, overrides));
      } catch (DevException e) {
        folder.close();
        throw e;
      } catch (RuntimeException e) {
        folder.close();
        throw new DevException(Code.NOT_STARTED,
            "Kafka did not start on " + folder.path() + ": " + e.getMessage(), e);
      }
    }
  }
}
