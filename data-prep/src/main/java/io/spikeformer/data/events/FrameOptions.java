package io.spikeformer.data.events;

import io.spikeformer.common.Text;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The frames that a recording becomes.
 *
 * @param frames T, 1 to {@link EventFrames#MAX_FRAMES}
 * @param split how they divide the recording
 * @param height H, at most the sensor's
 * @param width W, at most the sensor's
 * @param maxCount counts above are clipped; 1 makes the frames binary, 255 is the most
 */
public record FrameOptions(int frames, FrameSplit split, int height, int width, int maxCount) {
  /** Frames of a HAR-DVS sample. */
  public static final int DEFAULT_FRAMES = 8;

  private static final String TIMESTEPS = "timesteps";
  private static final String SPLIT = "frameSplit";
  private static final String HEIGHT = "height";
  private static final String WIDTH = "width";
  private static final String MAX_COUNT = "maxCount";

  /** Largest count that can be stored. */
  public static final int LARGEST_COUNT = 255;

  /** Checks the ranges. */
  public FrameOptions {
    EventFrames.size(frames, height, width);
    if (split == null) {
      throw new IllegalArgumentException("frames: expected a split by number or by time");
    }
    if (maxCount < 1 || maxCount > LARGEST_COUNT) {
      throw new IllegalArgumentException(
          Text.format(
              "frames: expected a largest count of 1 to %d, found %d", LARGEST_COUNT, maxCount));
    }
  }

  /** Eight frames by number of events, with the counts as they are up to 255. */
  public static FrameOptions ofSize(int height, int width) {
    return new FrameOptions(DEFAULT_FRAMES, FrameSplit.BY_NUMBER, height, width, LARGEST_COUNT);
  }

  /** As a split's manifest notes them, all of them. */
  public SortedMap<String, String> settings() {
    return new TreeMap<>(
        Map.of(
            TIMESTEPS, Integer.toString(frames),
            SPLIT, split.id(),
            HEIGHT, Integer.toString(height),
            WIDTH, Integer.toString(width),
            MAX_COUNT, Integer.toString(maxCount)));
  }

  /**
   * Reads {@link #settings()} back; other settings are passed over.
   *
   * @throws IllegalArgumentException naming the setting that is missing or none of that kind
   */
  public static FrameOptions of(Map<String, String> settings) {
    String split = settings.get(SPLIT);
    return new FrameOptions(
        number(settings, TIMESTEPS),
        FrameSplit.of(split == null ? "nothing" : split),
        number(settings, HEIGHT),
        number(settings, WIDTH),
        number(settings, MAX_COUNT));
  }

  private static int number(Map<String, String> settings, String name) {
    String value = settings.get(name);
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException failure) {
      throw new IllegalArgumentException(
          Text.format(
              "%s of event frames: expected a whole number, found %s",
              name, value == null ? "nothing" : value),
          failure);
    }
  }
}
