package io.spikeformer.data.text;

import io.spikeformer.common.Text;
import java.text.Normalizer;
import java.util.OptionalInt;

/** Characters that a reader cannot see, or cannot tell from a space. */
public final class Characters {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Characters() {}

  /**
   * A text for a message: what cannot be seen in it is named, such as U+FEFF for a byte order mark.
   */
  public static String named(String text) {
    if (text.codePoints().noneMatch(Characters::isUnseen)) {
      return text;
    }
    StringBuilder named = new StringBuilder();
    text.codePoints().forEach(c -> named.append(isUnseen(c) ? name(c) : Character.toString(c)));
    return named.toString();
  }

  /** The same of the beginning of a text. */
  public static String named(String text, int most) {
    int length = text.codePointCount(0, text.length());
    return length <= most
        ? named(text)
        : named(text.substring(0, text.offsetByCodePoints(0, most))) + "...";
  }

  /** A character by its number, as in U+200B. */
  static String name(int character) {
    return Text.format("U+%04X", character);
  }

  /** A text without the spaces of any kind around it; those that do not break a line too. */
  public static String strip(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** The form that texts of the same look share: composed letters and plain spaces. */
  public static String comparable(String text) {
    StringBuilder comparable = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFC)
        .chars()
        .filter(c -> c != ZERO_WIDTH_JOINER && c != ZERO_WIDTH_NON_JOINER)
        .forEach(c -> comparable.append(isSpace((char) c) ? ' ' : (char) c));
    return comparable.toString();
  }

  /** A text whose every character outside of ASCII is named. */
  public static String spelt(String text) {
    StringBuilder spelt = new StringBuilder();
    named(text).codePoints().forEach(c -> spelt.append(c < 0x80 ? Character.toString(c) : name(c)));
    return spelt.toString();
  }

  private static boolean isSpace(char character) {
    return Character.isWhitespace(character) || Character.isSpaceChar(character);
  }

  /** Where a text first has a character that no list, table or recipe has a use for. */
  static OptionalInt firstForbidden(String text) {
    for (int i = 0; i < text.length(); ) {
      int character = text.codePointAt(i);
      if (isForbidden(character)) {
        return OptionalInt.of(i);
      }
      i += Character.charCount(character);
    }
    return OptionalInt.empty();
  }

  private static boolean isForbidden(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL -> character != '\n' && character != '\t';
      // the two joiners are part of how some languages are written
      case Character.FORMAT -> character != ZERO_WIDTH_NON_JOINER && character != ZERO_WIDTH_JOINER;
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      default -> false;
    };
  }

  private static boolean isUnseen(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      case Character.SPACE_SEPARATOR -> character != ' ';
      default -> false;
    };
  }
}
