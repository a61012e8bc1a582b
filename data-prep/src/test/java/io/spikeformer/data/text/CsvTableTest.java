package io.spikeformer.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {
  @Test
  void rowsKeepTheirLinesAndFieldsLoseTheirQuotes() {
    assertThat(
            rows(
                "\uFEFFid,label\r\n\r\n"
                    + "\"a, \"\"big\"\"\" ,\u00a0b\u00a0\r\n"
                    + "\"two\nlines\",c\r\n , \r\n#d,'e'\r\n,,\r\n\r\n"))
        .containsExactly(
            row(1, "id", "label"),
            row(3, "a, \"big\"", "b"),
            row(4, "two\nlines", "c"),
            row(7, "#d", "'e'"));
    assertThat(rows("")).isEmpty();
    assertThat(rows("a,")).containsExactly(row(1, "a", ""));
    assertThat(rows("a,b\"c\n")).containsExactly(row(1, "a", "b\"c"));
    assertThat(row(1, "a").field(1)).isEmpty();
    assertThat(row(1, "a\tb", "c").named()).isEqualTo("aU+0009b,c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b\nc,\"d", "a,b\n\"c\"d,e", "a,b\n\"c\"\"d,e\nf,g", "a,b\n\"\"\""})
  void quotesThatEncloseNoFieldNameTheirLine(String text) {
    assertThatThrownBy(() -> rows(text))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "damaged CSV: expected quotes around a whole field, and two for a quote in it, found"
                + " others in t.csv from line 2 on");
  }

  private static CsvTable.Row row(int line, String... fields) {
    return new CsvTable.Row(line, List.of(fields));
  }

  private static List<CsvTable.Row> rows(String text) {
    return CsvTable.rows(TextFile.decode("t.csv", text.getBytes(StandardCharsets.UTF_8)));
  }
}
