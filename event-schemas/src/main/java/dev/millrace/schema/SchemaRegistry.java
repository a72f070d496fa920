package dev.millrace.schema;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Numbers schemas, so that four bytes stand for one on the wire. The client of any server that speaks Confluent's REST
 * protocol. Ids and schemas are cached for ever, as neither changes. Safe for use by many threads.
 *
 * <p>Every method that asks the server throws {@link SchemaException}: REGISTRY_UNREACHABLE after the configured
 * attempts, naming the address; REFUSED where the server says no.
 */
public interface SchemaRegistry {
  /** A schema as a subject holds it. */
  record Registered(String subject, int version, int id, Schema schema) {}

  /**
   * Registers the schema under the subject and answers its id; the id it has where it is known already.
   *
   * @throws SchemaException INCOMPATIBLE where the subject's rule forbids it
   */
  int register(String subject, Schema schema);

  /**
   * The schema with this id.
   *
   * @throws SchemaException UNKNOWN_SCHEMA where there is none; that answer is not cached
   */
  Schema byId(int id);

  /** Looks the schema up under the subject, registering nothing. */
  Optional<Registered> lookup(String subject, Schema schema);

  /** The subjects, sorted. */
  List<String> subjects();

  /** The versions of a subject, ascending; empty where there is no such subject. */
  List<Integer> versions(String subject);

  /** One version of a subject. */
  Optional<Registered> version(String subject, int version);

  /** The reasons why the schema may not follow the subject's latest version; empty where it may. */
  List<String> incompatibilities(String subject, Schema schema);

  /** The subject's compatibility rule, such as {@code BACKWARD}; the global one where it has none of its own. */
  String compatibilityLevel(String subject);

  /** Sets the subject's compatibility rule. */
  void setCompatibilityLevel(String subject, String level);

  /**
   * The registry at this address. Nothing is asked before it is needed; a request that is not answered is repeated for
   * ten seconds.
   *
   * @param address such as {@code http://localhost:8081}; may hold {@code user:password@}
   */
  static SchemaRegistry at(URI address) {
    return at(address, Duration.ofSeconds(10));
  }

  /**
   * The registry at this address.
   *
   * @param patience for how long a request is repeated while there is no connection, or an answer of 408, 429 or 5xx
   */
  static SchemaRegistry at(URI address, Duration patience) {
    return new HttpRegistry(new RegistryHttp(address, patience));
  }

  /** A registry in this process, for tests that need no server: passes the contract test that the others pass. */
  static SchemaRegistry inMemory() {
    return new InMemoryRegistry();
  }
}
