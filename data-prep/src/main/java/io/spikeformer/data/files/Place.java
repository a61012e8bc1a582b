package io.spikeformer.data.files;

import io.spikeformer.common.UserException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a file of a dataset lies.
 *
 * @param path relative to the dataset's root
 * @param offset in a .tar file; 0 elsewhere
 * @param size of its content, in bytes
 */
public record Place(String path, long offset, long size) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18}) (\\d{1,18}) (.+)");

  /** The last of the path's names. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** One line from which {@link #parse} makes this again. */
  public String text() {
    return offset + " " + size + " " + path;
  }

  /** The place of a line of text. */
  public static Place parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new UserException("expected offset, size and path, found '%s'", text);
    }
    return new Place(
        parts.group(3), Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
  }
}
