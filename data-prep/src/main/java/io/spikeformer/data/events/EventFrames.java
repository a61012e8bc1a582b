package io.spikeformer.data.events;

import io.spikeformer.common.Text;

/**
 * Events of one sample, counted: [T, 2, H, W], C-contiguous. Channel 0 counts OFF events, channel 1
 * ON events.
 *
 * @param frames T, 1 to {@link #MAX_FRAMES}
 * @param height H, at least 1
 * @param width W, at least 1
 * @param counts T * 2 * H * W counts of 0 to 255; not copied, not to be changed
 */
public record EventFrames(int frames, int height, int width, byte[] counts) {
  /** OFF and ON. */
  public static final int POLARITIES = 2;

  /** Most frames of a sample. */
  public static final int MAX_FRAMES = 1024;

  /** Most counts of a sample: 64 MiB. */
  public static final int MAX_COUNTS = 64 << 20;

  public EventFrames {
    int expected = size(frames, height, width);
    if (counts.length != expected) {
      throw new IllegalArgumentException(
          Text.format(
              "event frames [%d, 2, %d, %d]: expected %d counts, found %d",
              frames, height, width, expected, counts.length));
    }
  }

  /** The count of one pixel. */
  public int count(int frame, int polarity, int row, int column) {
    return counts[((frame * POLARITIES + polarity) * height + row) * width + column] & 0xff;
  }

  /** The number of counts, if frames of that size are within the bounds. */
  static int size(int frames, int height, int width) {
    boolean isBounded =
        frames >= 1
            && frames <= MAX_FRAMES
            && height >= 1
            && height <= SensorSize.MAX_SIDE
            && width >= 1
            && width <= SensorSize.MAX_SIDE;
    if (!isBounded || (long) frames * POLARITIES * height * width > MAX_COUNTS) {
      throw new IllegalArgumentException(
          Text.format(
              "event frames: expected 1 to %d frames, 1 to %d pixels a side and %d counts in all,"
                  + " found [%d, 2, %d, %d]",
              MAX_FRAMES, SensorSize.MAX_SIDE, MAX_COUNTS, frames, height, width));
    }
    return frames * POLARITIES * height * width;
  }
}
