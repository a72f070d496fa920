package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.log.LogException;
import dev.millrace.log.StreamName;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ConsumerStatus;
import software.amazon.awssdk.services.kinesis.model.ResourceInUseException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/**
 * A group as the service knows it: one registered consumer of each stream, which all members share. A stream takes 20 of
 * them; so the last member that leaves removes it. Blocks; safe for use by many threads.
 */
final class StreamConsumers {
  private static final Logger LOG = LoggerFactory.getLogger(StreamConsumers.class);
  private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9_.-]");
  private static final int LONGEST = 100;
  private static final Duration REGISTRATION = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofMillis(200);

  private final KinesisAsyncClient client;
  private final ServiceCalls calls;
  private final ShardDirectory directory;
  private final String name;
  private final Map<StreamName, String> arns = new ConcurrentHashMap<>();

  StreamConsumers(KinesisAsyncClient client, ServiceCalls calls, ShardDirectory directory, String group) {
    this.client = client;
    this.calls = calls;
    this.directory = directory;
    this.name = name(group);
  }

  /** The group's name as far as the service takes it; what it does not take is told apart by a digest. */
  static String name(String group) {
    var plain = OTHER.matcher(group).replaceAll("-");
    if (plain.equals(group) && group.length() <= LONGEST && !group.isEmpty())
      return group;
    try {
      var digest = HexFormat.of().formatHex(
          MessageDigest.getInstance("SHA-256").digest(group.getBytes(UTF_8)), 0,
          8);
      return plain.substring(0, Math.min(plain.length(), LONGEST)) + "-" + digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The ARN of the consumer, registered where it is not, when it can be used. */
  String arn(StreamName stream) {
    var known = arns.get(stream);
    if (known != null)
      return known;
    var arn = register(stream);
    arns.put(stream, arn);
    return arn;
  }

  /** The consumer may be gone, as another member thought that it was the last. */
  void forget(StreamName stream) {
    arns.remove(stream);
  }

  private String register(StreamName stream) {
    var doing = "registering the consumer '" + name + "' of the stream " + stream;
    var streamArn = directory.arn(stream);
    calls.get(doing,
        () -> client.registerStreamConsumer(request -> request.streamARN(streamArn).consumerName(name))
            .handle((_, failure) -> {
              if (failure == null || KinesisFailures.rootOf(failure) instanceof ResourceInUseException)
                return true;
              throw new CompletionException(KinesisFailures.rootOf(failure));
            }));
    var deadline = System.nanoTime() + REGISTRATION.toNanos();
    while (true) {
      var consumer = calls.get(doing,
          () -> client.describeStreamConsumer(request -> request.streamARN(streamArn).consumerName(name)))
          .consumerDescription();
      if (consumer.consumerStatus() == ConsumerStatus.ACTIVE)
        return consumer.consumerARN();
      if (System.nanoTime() > deadline)
        throw new LogException(LogException.Code.UNREACHABLE, doing + ": it is " + consumer.consumerStatus()
            + " after " + REGISTRATION + ". It may be tried again.");
      calls.pause(doing, LOOK);
    }
  }

  /** Removes the consumers, as nobody is left. One that cannot be removed costs, and is named in the log. */
  void remove(Set<StreamName> streams) {
    for (var stream : streams) {
      try {
        var arn = directory.arn(stream);
        calls.get("removing the consumer '" + name + "' of the stream " + stream,
            () -> client.deregisterStreamConsumer(request -> request.streamARN(arn).consumerName(name)));
      } catch (LogException e) {
        if (!(e.getCause() instanceof ResourceNotFoundException))
          LOG.warn("the consumer '{}' of the stream {} is still registered", name, stream, e);
      }
      forget(stream);
    }
  }
}
