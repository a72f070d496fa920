package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private final StringWriter out = new StringWriter();

  @Test
  void columns_are_as_wide_as_their_widest_cell_and_numbers_stand_to_the_right() throws Exception {
    table(false).print(List.of(json("{'country':'France','net':'1234.50','orders':7}"),
        json("{'country':'United Kingdom','net':'9.00','orders':1200}")));

    assertThat(out).hasToString("""
        COUNTRY             NET  ORDERS
        France          1234.50       7
        United Kingdom     9.00    1200
        """);
  }

  @Test
  void a_field_that_is_missing_or_null_is_an_empty_cell() throws Exception {
    table(false).print(List.of(json("{'a':null,'b':'x'}"), json("{'a':'y'}")));

    assertThat(out).hasToString("""
        A  B
           x
        y
        """);
  }

  @Test
  void one_object_is_printed_a_field_a_line() throws Exception {
    table(false).print(json("{'country':'France','net':'1234.50','lines':[1,2]}"));

    assertThat(out).hasToString("""
        country  France
        net      1234.50
        lines    [1,2]
        """);
  }

  @Test
  void text_that_would_steer_the_terminal_is_shown_and_not_sent() throws Exception {
    table(false).print(List.of(json("{'name':'\\u001b[31mred\\u0007'}")));

    assertThat(out.toString()).contains("\\u001b[31mred\\u0007").doesNotContain("\u001b");
  }

  @Test
  void only_the_header_is_coloured_and_only_where_colour_is_wanted() throws Exception {
    table(true).print(List.of(json("{'name':'x'}")));

    assertThat(out.toString()).startsWith("\u001b[1mNAME").endsWith("\nx\n");
  }

  private Table table(boolean colour) {
    var writer = new PrintWriter(out, true);
    return new Table(new Console(writer, writer, colour));
  }

  private static JsonNode json(String text) throws Exception {
    return Json.read(text.replace('\'', '"'));
  }
}
