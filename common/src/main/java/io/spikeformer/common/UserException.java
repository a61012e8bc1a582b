package io.spikeformer.common;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/**
 * A failure that the user can act on: a wrong option, a damaged file, a configuration that does not
 * fit, a loss that is not finite. The message is one line: what, expected, found, where, what to
 * do. The command line prints it without a stack trace.
 */
public class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure found by this project's checks.
   *
   * @param message taken as it is, percent signs included
   */
  public UserException(String message) {
    super(message);
  }

  /** A failure found by this project's checks, its message as of {@link Text#format}. */
  @FormatMethod
  public UserException(@FormatString String format, Object... arguments) {
    super(Text.format(format, arguments));
  }

  /**
   * A failure reported by something below.
   *
   * @param message taken as it is, percent signs included
   */
  public UserException(Throwable cause, String message) {
    super(message, cause);
  }

  /** A failure reported by something below, its message as of {@link Text#format}. */
  @FormatMethod
  public UserException(Throwable cause, @FormatString String format, Object... arguments) {
    super(Text.format(format, arguments), cause);
  }
}
