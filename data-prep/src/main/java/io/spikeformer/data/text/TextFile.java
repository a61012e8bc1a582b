package io.spikeformer.data.text;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.fs.Path;

/**
 * A text file of a user: UTF-8 with or without a byte order mark, or UTF-16 with one. Lines end in
 * LF, CRLF or CR. Characters that cannot be seen are refused, since no list, table or recipe has a
 * use for them and two names that look the same would differ.
 */
public final class TextFile {
  private static final byte[] UTF_32LE = {(byte) 0xff, (byte) 0xfe, 0, 0};
  private static final byte[] UTF_32BE = {0, 0, (byte) 0xfe, (byte) 0xff};

  private final String name;
  private final String text;

  /** How a text may be stored, and the byte order mark in front of it. */
  private enum Encoding {
    UTF_8(StandardCharsets.UTF_8, 0xef, 0xbb, 0xbf),
    UTF_16LE(StandardCharsets.UTF_16LE, 0xff, 0xfe),
    UTF_16BE(StandardCharsets.UTF_16BE, 0xfe, 0xff),
    UNMARKED(StandardCharsets.UTF_8);

    private final Charset charset;
    private final byte[] mark;

    Encoding(Charset charset, int... mark) {
      this.charset = charset;
      this.mark = new byte[mark.length];
      for (int i = 0; i < mark.length; i++) {
        this.mark[i] = (byte) mark[i];
      }
    }

    static Encoding of(byte[] bytes) {
      for (Encoding encoding : values()) {
        if (startsWith(bytes, encoding.mark)) {
          return encoding;
        }
      }
      throw new AssertionError("everything begins with no mark");
    }
  }

  private TextFile(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /**
   * Reads a file.
   *
   * @param storage where to read
   * @param file the file
   * @param limit most bytes that are accepted, checked before memory is taken
   * @throws UserException if it is missing, larger or no text
   */
  public static TextFile read(Storage storage, Path file, int limit) {
    return decode(file.toString(), storage.read(file, limit));
  }

  /**
   * Decodes the bytes of a file.
   *
   * @param name of the file, for messages
   * @param bytes all of them
   * @throws UserException with the line, if they are no text or hold a character that cannot be
   *     seen
   */
  public static TextFile decode(String name, byte[] bytes) {
    refuseOtherEncodings(name, bytes);
    Encoding encoding = Encoding.of(bytes);
    ByteBuffer content =
        ByteBuffer.wrap(bytes, encoding.mark.length, bytes.length - encoding.mark.length);
    CharsetDecoder decoder =
        encoding
            .charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    // neither UTF-8 nor UTF-16 has more characters than bytes
    CharBuffer characters = CharBuffer.allocate(content.remaining());
    CoderResult result = decoder.decode(content, characters, true);
    String text = withPlainLineEnds(characters.flip().toString());
    if (result.isError()) {
      String damage =
          Text.format(
              "found the byte 0x%02X in %s line %d; save the file as UTF-8",
              bytes[content.position()], name, lineAt(text, text.length()));
      throw new UserException("damaged text: expected %s, %s", encoding.charset, damage);
    }
    refuseUnseen(name, text);
    return new TextFile(name, text);
  }

  private static void refuseOtherEncodings(String name, byte[] bytes) {
    boolean wide = startsWith(bytes, UTF_32LE) || startsWith(bytes, UTF_32BE);
    // whatever a list begins with, one byte of each of its first characters is zero in UTF-16
    boolean unmarked = bytes.length >= 2 && (bytes[0] == 0) != (bytes[1] == 0);
    if (wide || unmarked) {
      throw new UserException(
          "unknown text: expected UTF-8, or UTF-16 with a byte order mark, found %s in %s; save"
              + " the file as UTF-8",
          wide ? "UTF-32" : "UTF-16 without one", name);
    }
  }

  private static void refuseUnseen(String name, String text) {
    OptionalInt place = Characters.firstForbidden(text);
    if (place.isPresent()) {
      int at = place.getAsInt();
      int character = text.codePointAt(at);
      throw new UserException(
          "text: expected characters that can be seen, found %s (%s) in %s line %d, column %d;"
              + " take it out",
          Characters.name(character),
          Character.getName(character),
          name,
          lineAt(text, at),
          at - text.lastIndexOf('\n', at));
    }
  }

  private static boolean startsWith(byte[] bytes, byte[] mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || bytes[i] != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static String withPlainLineEnds(String text) {
    return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
  }

  private static long lineAt(String text, int end) {
    return 1 + text.substring(0, end).chars().filter(c -> c == '\n').count();
  }

  /** The file's name, for messages. */
  public String name() {
    return name;
  }

  /** All of it, without a byte order mark; lines end in LF. */
  public String text() {
    return text;
  }

  /** The lines without their ends and without blank lines behind the last one that is not. */
  public List<String> lines() {
    List<String> lines = text.lines().toList();
    int last = lines.size();
    while (last > 0 && Characters.strip(lines.get(last - 1)).isEmpty()) {
      last--;
    }
    return lines.subList(0, last);
  }
}
