package dev.millrace.bench;

import bench.Order;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Jackson, on the same record. */
final class OrderJson {
  private final ObjectMapper mapper = JsonMapper.builder().addMixIn(Order.class, NoType.class).build();

  /** Leaves out what is not in the event. */
  interface NoType {
    @JsonIgnore
    Object eventType();
  }

  byte[] write(Order order) throws IOException {
    return mapper.writeValueAsBytes(order);
  }

  Order read(byte[] text) throws IOException {
    return mapper.readValue(text, Order.class);
  }
}
