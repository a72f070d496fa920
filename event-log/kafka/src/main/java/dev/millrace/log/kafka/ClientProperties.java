package dev.millrace.log.kafka;

import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * What each Kafka client is configured with: defaults, over them the user's properties, over them what the promises of
 * the log rest on.
 */
record ClientProperties(KafkaLogConfig config) {
  private static final String RECONNECT_MAX_MS = "1000";

  /** So many records, and what they are decoded to, are worked off before the garbage collector has to copy them. */
  private static final int SHORT_LIVED = 2_000;

  Properties admin() {
    return common();
  }

  Properties producer() {
    var properties = new Properties();
    properties.put(ProducerConfig.LINGER_MS_CONFIG, Long.toString(config.linger().toMillis()));
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(config.batchBytes()));
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(config.bufferBytes()));
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, config.compression());
    var delivery = Long.toString(config.deliveryTimeout().toMillis());
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, delivery);
    // Otherwise a producer forgets its partitions when no broker is there, and an append waits for a broker.
    properties.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, MetadataRecoveryStrategy.NONE.name);
    properties.putAll(common());
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    return properties;
  }

  Properties transactionalProducer(String transactionalId) {
    var properties = producer();
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    return properties;
  }

  /** Of a reader without a group, which reads whole histories. */
  Properties consumer() {
    return consumer(Math.min(config.pollRecords(), SHORT_LIVED));
  }

  private Properties consumer(int pollRecords) {
    var properties = new Properties();
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(pollRecords));
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, Integer.toString(config.pollBytes()));
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(config.pollBytes()));
    properties.putAll(common());
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return properties;
  }

  Properties member(String group) {
    var properties = consumer(config.pollRecords());
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, GroupProtocol.CONSUMER.name());
    return properties;
  }

  private Properties common() {
    var properties = new Properties();
    var timeout = Long.toString(config.requestTimeout().toMillis());
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, timeout);
    properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MAX_MS);
    properties.putAll(config.properties());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    return properties;
  }
}
