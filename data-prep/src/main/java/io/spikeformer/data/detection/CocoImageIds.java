package io.spikeformer.data.detection;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ids of images that have none but their names: the number at the end of a name, as COCO names its
 * images (000000397133.jpg), else the place of the image, from 1.
 */
public final class CocoImageIds {
  private static final Pattern NUMBERED = Pattern.compile("(?:.*\\D)?(\\d{1,18})\\.\\w+");

  private final Map<Long, String> taken = new HashMap<>();

  /** The number at the end of an image's name, before its ending; empty without one. */
  public static Optional<Long> ofName(String name) {
    Matcher matcher = NUMBERED.matcher(name);
    return matcher.matches() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
  }

  /** The id of the next image. */
  public long next(String name) {
    return ofName(name).orElse(taken.size() + 1L);
  }

  /** Gives an id to an image; the image that has it already, if there is one. */
  public Optional<String> take(long id, String name) {
    return Optional.ofNullable(taken.putIfAbsent(id, name));
  }
}
