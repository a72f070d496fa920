package dev.millrace.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;

/**
 * Gives a sink of Kafka Connect our orders: decodes the frame with the class that Avro compiles for them, at its quickest, and
 * puts the columns of a view's row, and no others, into a struct of a schema that stays the same object. So the sink has
 * less to do than behind a registry's general converter, which makes a struct of every field and of every line. One for each
 * task of a connector, used by its thread. Public as Connect makes it by its name.
 */
public final class OrderConverter implements Converter {
  private static final int FRAME_LENGTH = 5;
  private static final Schema ROW = SchemaBuilder.struct().name("bench.OrderTotals")
      .field("order_id", Schema.STRING_SCHEMA).field("orders", Schema.INT64_SCHEMA)
      .field("units", Schema.INT64_SCHEMA).field("total", Schema.FLOAT64_SCHEMA)
      .field("last_placed_at", Schema.INT64_SCHEMA).build();

  private final AvroPath<bench.avro.Order> avro = AvroPath.ofOrders();

  @Override
  public void configure(Map<String, ?> settings, boolean isKey) {
    if (isKey)
      throw new DataException("orders are values, not keys");
  }

  @Override
  public SchemaAndValue toConnectData(String topic, byte[] framed) {
    try {
      var order = avro.decode(Arrays.copyOfRange(framed, FRAME_LENGTH, framed.length));
      return new SchemaAndValue(ROW, new Struct(ROW).put("order_id", order.getOrderId()).put("orders", 1L)
          .put("units", (long) order.getUnits()).put("total", order.getTotal())
          .put("last_placed_at", order.getPlacedAt()));
    } catch (IOException e) {
      throw new DataException("no order in " + topic, e);
    }
  }

  @Override
  public byte[] fromConnectData(String topic, Schema schema, Object value) {
    throw new DataException("a sink writes nothing to " + topic);
  }
}
