package io.spikeformer.common;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/** Checks of what a constructor or method is given. */
public final class Check {
  private Check() {}

  /**
   * Refuses a value that is out of range.
   *
   * @param holds whether the value is in range
   * @param format of the message, as of {@link Text#format}: what, expected, found
   * @throws IllegalArgumentException with that message, unless it holds
   */
  @FormatMethod
  public static void that(boolean holds, @FormatString String format, Object... arguments) {
    if (!holds) {
      throw new IllegalArgumentException(Text.format(format, arguments));
    }
  }
}
