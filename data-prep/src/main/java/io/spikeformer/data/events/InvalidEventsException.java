package io.spikeformer.data.events;

import io.spikeformer.common.Text;

/**
 * A recording that cannot be used: one line with the file, the byte offset or line, what was
 * expected and what was found. A failing disk or network is an {@link java.io.IOException} instead.
 */
public class InvalidEventsException extends Exception {
  private static final int LONGEST = 600;

  /**
   * The whole message, as it is written to the list of rejected inputs. Its quotes from a damaged
   * file are kept to one line of bounded length.
   */
  public InvalidEventsException(String message) {
    super(printable(message));
  }

  /** A fault at a byte of a file. */
  static InvalidEventsException at(String file, long offset, String what) {
    return new InvalidEventsException(place(file, offset) + what);
  }

  /** How a message about a byte of a file begins. */
  static String place(String file, long offset) {
    return Text.format("%s at byte %d: ", file, offset);
  }

  private static String printable(String message) {
    String line = message.replaceAll("\\p{Cntrl}", ".");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }
}
