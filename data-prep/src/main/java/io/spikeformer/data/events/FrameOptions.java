package io.spikeformer.data.events;

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
          "frames: expected a largest count of 1 to %d, found %d"
              .formatted(LARGEST_COUNT, maxCount));
    }
  }

  /** Eight frames by number of events, with the counts as they are up to 255. */
  public static FrameOptions ofSize(int height, int width) {
    return new FrameOptions(DEFAULT_FRAMES, FrameSplit.BY_NUMBER, height, width, LARGEST_COUNT);
  }
}
