package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteTokenTest {
  private static final StreamName STREAM = StreamName.of("s".repeat(128));

  private static String encoded(String said) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(said.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void a_token_is_read_as_it_was_written_and_fits_in_a_header() {
    var shard = new Partition(STREAM, "shardId-000000000000");
    var receipt = new Receipt(shard, Position.of("9".repeat(129) + ".00000000000000"),
        "grün|🌱".repeat(50), Instant.ofEpochMilli(1_766_000_000_123L));

    for (var token : List.of(receipt.token(),
        new WriteToken.Place(new Partition(STREAM, "0"), Position.of("0"), "e-1", Instant.EPOCH),
        new WriteToken.Coming(STREAM, "grün|🌱".repeat(50), Instant.ofEpochMilli(1_766_000_000_123L)))) {
      assertThat(token.text()).matches("[A-Za-z0-9_-]+").hasSizeLessThanOrEqualTo(WriteToken.MOST_CHARS);
      assertThat(WriteToken.parse(token.text())).isEqualTo(token);
    }
  }

  @Test
  void what_is_no_token_is_refused_and_shown_no_longer_than_need_be() {
    var good = new WriteToken.Place(new Partition(STREAM, "0"), Position.of("17"), "e-1", Instant.EPOCH)
        .text();

    for (var bad : List.of("", "x", "Ä", good + "A", good.substring(1), good + "=", " " + good,
        "a".repeat(10_000),
        encoded("p|s|0"), encoded("p|s|0|1"), encoded("p|s|0|1|2"), encoded("q|s|0|1|2|e"),
        encoded("p|s s|0|1|2|e"),
        encoded("p|s|0||2|e"), encoded("p|s||1|2|e"), encoded("p|s|0|1\n2|2|e"), encoded("p|s|0|1|x|e"),
        encoded("p|s|0|1|2|"), encoded("p|s|0|1|2|" + "i".repeat(401)),
        encoded("p|s|0|" + "1".repeat(201) + "|2|e"),
        encoded("e|s|x|id"), encoded("e|s|01|id"),
        encoded("e|s|1|"),
        encoded("e|s|1|" + "i".repeat(401)))) {
      assertThatThrownBy(() -> WriteToken.parse(bad)).as(bad).isInstanceOf(LogException.class)
          .hasMessageContaining("is no token of a write").satisfies(e -> {
            assertThat(((LogException) e).code()).isEqualTo(LogException.Code.INVALID_TOKEN);
            assertThat(e.getMessage()).hasSizeLessThan(250);
          });
    }
  }
}
