package io.spikeformer.data.segmentation;

import io.spikeformer.common.Text;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names of label maps in a folder of predictions: {@code a/b.png} for the image {@code
 * a/b.jpg}, or for the sample with the key {@code a/b}.
 *
 * <p>Two keys have the same name only if they differ in an image's ending alone.
 */
public final class LabelMapFiles {
  /** The ending of every name. */
  public static final String ENDING = ".png";

  private static final String OVERLAY = "-overlay";
  private static final Pattern IMAGE_ENDING = Pattern.compile("(?i)(?<=[^/])\\.(jpe?g|png)$");

  /** What some file system cannot hold, or reads as something else. */
  private static final String UNSAFE = "\\:*?\"<>|%";

  private LabelMapFiles() {}

  /**
   * The name of a label map, folders in it kept.
   *
   * @param key of a sample, or the path of an image below the input's folder
   * @return a relative path that leads to no other folder; characters that are not safe are written
   *     as %XX, and so is a dot at the beginning of a name
   */
  public static String name(String key) {
    return stem(key) + ENDING;
  }

  /** The name of the picture of an image with its label map, likewise. */
  public static String overlay(String key) {
    return stem(key) + OVERLAY + ENDING;
  }

  private static String stem(String key) {
    String stem = IMAGE_ENDING.matcher(key).replaceFirst("");
    return Arrays.stream(stem.split("/", -1))
        .map(LabelMapFiles::safe)
        .collect(Collectors.joining("/"));
  }

  private static String safe(String name) {
    if (name.isEmpty()) {
      return "%";
    }
    return name.startsWith(".") ? "%2E" + escaped(name.substring(1)) : escaped(name);
  }

  private static String escaped(String name) {
    StringBuilder text = new StringBuilder();
    for (char c : name.toCharArray()) {
      boolean safe = !Character.isISOControl(c) && UNSAFE.indexOf(c) < 0;
      text.append(safe ? c : Text.format("%%%02X", (int) c));
    }
    return text.toString();
  }
}
