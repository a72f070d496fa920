package dev.millrace.dev;

import dev.millrace.dev.DevException.Code;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A Kinesis on the loopback interface: the npm package kinesis-local, in a Node.js process that ends with this one. The
 * first start installs the package for the user. Any credentials do; the region is that of the request. Safe for use by
 * many threads.
 *
 * <p>It is not Amazon's: it never throttles, slows as a shard fills, and holds all data in memory. With a data folder it saves
 * them every second and at its end, which is also when this process is killed; only a kill of its own loses the last second.
 */
public final class DevKinesis implements AutoCloseable {
  private final DataFolder folder;
  private final KinesisServer server;
  private final AtomicBoolean closed = new AtomicBoolean();

  private DevKinesis(DataFolder folder, KinesisServer server) {
    this.folder = folder;
    this.server = server;
  }

  /** Starts a server on any free port, with nothing kept. */
  public static DevKinesis start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /**
   * Why a start would fail on this machine whatever its options, in one line; empty where none of that is so. Installs the
   * package where it is not there.
   */
  public static Optional<String> unavailable() {
    try {
      KinesisPackage.ready();
      return Optional.empty();
    } catch (DevException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  /** What a client needs to find the server, such as {@code http://127.0.0.1:4568}. */
  public URI endpoint() {
    return URI.create("http://" + Ports.HOST + ":" + port());
  }

  public int port() {
    return server.port();
  }

  /** Says what happened where the server no longer runs. */
  public Optional<Throwable> failure() {
    if (closed.get() || server.isRunning())
      return Optional.empty();
    return Optional.of(new DevException(Code.FAILED, "Kinesis on port " + port()
        + " has stopped: its messages are in " + KinesisServer.messages(folder.path())));
  }

  /** Stops the server, waits until it has stopped, and removes a temporary folder. Again is nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true))
      return;
    try (folder) {
      server.close();
    }
  }

  /** The options of a server. Not for use by several threads. */
  public static final class Builder {
    private final Map<String, String> settings = new HashMap<>(KinesisSettings.DEFAULTS);
    private @Nullable Path dataDir;
    private int port;

    private Builder() {}

    /** Keeps the data in this folder, which is made where there is none. Without it nothing is kept. */
    public Builder dataDir(Path folder) {
      this.dataDir = folder;
      return this;
    }

    /** The port; 0, which is the default, takes any free one. */
    public Builder port(int port) {
      this.port = Ports.checked(port);
      return this;
    }

    /** A setting of the server by kinesis-local's own name, such as {@code SPLIT_SHARD_DURATION}. */
    public Builder set(String name, String value) {
      settings.put(name, value);
      return this;
    }

    /**
     * Starts the server and waits until it answers. A server that a killed process left on the folder is stopped first.
     *
     * @throws DevException PORT_TAKEN, FOLDER_IN_USE, UNWRITABLE, NO_SPACE, NOT_STARTED (no node, no npm)
     */
    public DevKinesis start() {
      var program = KinesisPackage.ready();
      Ports.requireFree(port, "Kinesis");
      var folder = DataFolder.of(dataDir, "Kinesis");
      settings.put("SHOULD_PERSIST_DATA", Boolean.toString(!folder.temporary()));
      settings.put("PERSIST_PATH", folder.path().toString());
      try {
        return new DevKinesis(folder, KinesisServer.start(folder.path(), port, program, settings));
      } catch (IOException e) {
        folder.close();
        throw new DevException(Code.UNWRITABLE,
            "Kinesis' folder " + folder.path() + " cannot be written: " + e, e);
      } catch (RuntimeException e) {
        folder.close();
        throw e;
      }
    }
  }
}
