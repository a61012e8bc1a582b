package io.spikeformer.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TextFileTest {
  private static final List<String> LINES = List.of("première", "", "\uD83D\uDE00 深度");

  static Stream<Arguments> encodings() {
    return Stream.of(
        Arguments.of("", StandardCharsets.UTF_8),
        Arguments.of("efbbbf", StandardCharsets.UTF_8),
        Arguments.of("fffe", StandardCharsets.UTF_16LE),
        Arguments.of("feff", StandardCharsets.UTF_16BE));
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void everyLineEndAndEncodingGivesTheSameLines(String mark, Charset charset) {
    for (String end : List.of("\n", "\r\n", "\r")) {
      for (String blank : List.of("", end, end + " \u00a0\t" + end + end)) {
        TextFile file = decode(mark, String.join(end, LINES) + blank, charset);
        assertThat(file.lines()).isEqualTo(LINES);
        assertThat(file.text()).startsWith("première\n\n").doesNotContain("\r", "\uFEFF");
      }
    }
    assertThat(decode(mark, "", charset).lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          61 0d0a 62e9 0d0a 63     | damaged text: expected UTF-8, found the byte 0xE9 in list.txt line 2; save the file as UTF-8
          c3                       | damaged text: expected UTF-8, found the byte 0xC3 in list.txt line 1; save the file as UTF-8
          fffe 6100 62             | damaged text: expected UTF-16LE, found the byte 0x62 in list.txt line 1; save the file as UTF-8
          feff 0061 d800 0061      | damaged text: expected UTF-16BE, found the byte 0xD8 in list.txt line 1; save the file as UTF-8
          6100 6200                | unknown text: expected UTF-8, or UTF-16 with a byte order mark, found UTF-16 without one in list.txt; save the file as UTF-8
          0061 0062                | unknown text: expected UTF-8, or UTF-16 with a byte order mark, found UTF-16 without one in list.txt; save the file as UTF-8
          fffe0000 61000000        | unknown text: expected UTF-8, or UTF-16 with a byte order mark, found UTF-32 in list.txt; save the file as UTF-8
          61 0a 62 efbbbf 63       | text: expected characters that can be seen, found U+FEFF (ZERO WIDTH NO-BREAK SPACE) in list.txt line 2, column 2; take it out
          61 e2808b                | text: expected characters that can be seen, found U+200B (ZERO WIDTH SPACE) in list.txt line 1, column 2; take it out
          e280ae 61                | text: expected characters that can be seen, found U+202E (RIGHT-TO-LEFT OVERRIDE) in list.txt line 1, column 1; take it out
          61 0a 62 00              | text: expected characters that can be seen, found U+0000 (NULL) in list.txt line 2, column 2; take it out
          61 1a                    | text: expected characters that can be seen, found U+001A (SUBSTITUTE) in list.txt line 1, column 2; take it out
          """)
  void whatIsNoTextIsNamedWithItsLine(String hex, String message) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> TextFile.decode("list.txt", bytes))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @Test
  void whatCannotBeSeenIsNamedInMessages() {
    assertThat(Characters.named("deep \uD83D\uDE00 café")).isEqualTo("deep \uD83D\uDE00 café");
    assertThat(Characters.named("\uFEFFa\u00a0b\tc\u200Bd\r"))
        .isEqualTo("U+FEFFaU+00A0bU+0009cU+200BdU+000D");
    assertThat(Characters.named("abc\uFEFFd", 4)).isEqualTo("abcU+FEFF...");
    assertThat(Characters.named("\uD83D\uDE00\uD83D\uDE00", 1)).isEqualTo("\uD83D\uDE00...");
    assertThat(Characters.strip("\u00a0 a b\t\u3000")).isEqualTo("a b");
    assertThat(Characters.strip(" \u2003 ")).isEmpty();
    assertThat(Characters.spelt("cafe\u0301")).isEqualTo("cafeU+0301");
  }

  private static TextFile decode(String mark, String text, Charset charset) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(HexFormat.of().parseHex(mark));
    bytes.writeBytes(text.getBytes(charset));
    return TextFile.decode("list.txt", bytes.toByteArray());
  }
}
