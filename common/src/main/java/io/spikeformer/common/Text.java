package io.spikeformer.common;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;

/** The one way to format a text: the same in every locale, checked while it is compiled. */
public final class Text {
  private Text() {}

  /**
   * A text with values in it, with ASCII digits and a point before decimals in every locale.
   *
   * @param format as of {@link java.util.Formatter}
   * @param arguments the values of its places
   */
  @FormatMethod
  public static String format(@FormatString String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  /** A path as a shell takes it for one word, in quotes where it needs them. */
  public static String shellWord(String path) {
    return path.matches("[\\w./:=@%+,-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }
}
