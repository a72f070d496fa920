package dev.millrace.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.cli.Instance.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which of a view's parked records. */
final class ParkedChoice {
  @Option(names = "--key", paramLabel = "KEY", description = "those of this key of a stream")
  private @Nullable String key;

  @Option(names = "--fingerprint", paramLabel = "F", description = "those that failed for this cause, and what waits behind them; 'list' tells them")
  private @Nullable String fingerprint;

  @Option(names = "--stream", paramLabel = "STREAM", description = "only those of this stream")
  private @Nullable String stream;

  @ArgGroup
  private @Nullable Whose whose;

  /** One or the other. */
  private static final class Whose {
    @Option(names = "--generation", paramLabel = "N", converter = Count.class, description = "those of this generation; of the live one unless said")
    private @Nullable Integer generation;

    @Option(names = "--effects", description = "those that have not had their effects outside the view")
    private boolean effects;
  }

  private @Nullable Integer generation() {
    if (whose == null)
      return null;
    return whose.effects ? Integer.valueOf(0) : whose.generation; // the number that the API has for them
  }

  boolean isSome() {
    return key != null || fingerprint != null;
  }

  /** As the parameters of a query. */
  List<Parameter> query() {
    var query = new ArrayList<Parameter>();
    if (key != null)
      query.add(new Parameter("key", key));
    if (fingerprint != null)
      query.add(new Parameter("fingerprint", fingerprint));
    if (stream != null)
      query.add(new Parameter("stream", stream));
    var generation = generation();
    if (generation != null)
      query.add(new Parameter("generation", generation.toString()));
    return query;
  }

  /** As the fields of a body. */
  ObjectNode body() {
    ObjectNode body = Json.object();
    if (key != null)
      body.put("key", key);
    if (fingerprint != null)
      body.put("fingerprint", fingerprint);
    if (stream != null)
      body.put("stream", stream);
    var generation = generation();
    if (generation != null)
      body.put("generation", generation);
    return body;
  }

  @Override
  public String toString() {
    return (key == null ? "" : " of the key '" + key + "'")
        + (fingerprint == null ? "" : " of the fingerprint " + fingerprint)
        + (stream == null ? "" : " in " + stream)
        + (whose == null ? "" : whose.effects ? " of the effects" : " in generation " + whose.generation);
  }
}
