package dev.millrace.log.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Which of the 2^128 hash keys, and so which shard, a partition key belongs to: its MD5, as the service has it. */
final class HashKey {
  private static final int MAX_CHARACTERS = 256;
  private static final int MAX_DIGITS = 39;
  private static final BigInteger MAX = BigInteger.TWO.pow(128).subtract(BigInteger.ONE);

  private HashKey() {}

  static BigInteger of(String partitionKey) {
    return new BigInteger(1, digest("MD5").digest(partitionKey.getBytes(UTF_8)));
  }

  /** @throws IllegalArgumentException where the text is no decimal below 2^128 */
  static BigInteger parse(String decimal) {
    if (decimal.isEmpty() || decimal.length() > MAX_DIGITS
        || !decimal.chars().allMatch(digit -> digit >= '0' && digit <= '9'))
      throw new IllegalArgumentException("a hash key is no decimal of up to " + MAX_DIGITS + " digits");
    var value = new BigInteger(decimal);
    if (value.compareTo(MAX) > 0)
      throw new IllegalArgumentException("a hash key is 2^128 or more");
    return value;
  }

  /**
   * The service's partition key of an entry's key: the same where the service takes it, which is 1 to 256 characters; else
   * one that stands for it, so that entries of one key still lie in one shard.
   */
  static String partitionKey(String key) {
    if (key.isEmpty())
      return "-";
    if (key.length() > MAX_CHARACTERS)
      return HexFormat.of().formatHex(digest("SHA-256").digest(key.getBytes(UTF_8)));
    // Half a surrogate pair cannot be sent; what has a whole one comes out of this as it was.
    return key.chars().anyMatch(unit -> Character.isSurrogate((char) unit))
        ? new String(key.getBytes(UTF_8), UTF_8)
        : key;
  }

  static byte[] md5(ByteBuffer bytes) {
    var digest = digest("MD5");
    digest.update(bytes.duplicate());
    return digest.digest();
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
