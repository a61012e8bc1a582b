package io.spikeformer.data.events;

import io.spikeformer.common.Text;

/**
 * The pixels of an event camera.
 *
 * @param height rows, 1 to {@link #MAX_SIDE}
 * @param width columns, 1 to {@link #MAX_SIDE}
 */
public record SensorSize(int height, int width) {
  /** Largest side: AEDAT 4.0 stores coordinates as signed 16-bit numbers. */
  public static final int MAX_SIDE = 32_767;

  /** DAVIS346, the camera of HAR-DVS. */
  public static final SensorSize DAVIS346 = new SensorSize(260, 346);

  public SensorSize {
    if (height < 1 || width < 1 || height > MAX_SIDE || width > MAX_SIDE) {
      throw new IllegalArgumentException(
          Text.format(
              "sensor: expected 1 to %d pixels a side, found %d x %d (height x width)",
              MAX_SIDE, height, width));
    }
  }

  boolean contains(long x, long y) {
    return x >= 0 && x < width && y >= 0 && y < height;
  }

  /** The rule that an event outside of the sensor breaks. */
  String rule() {
    return Text.format("expected x in [0, %d) and y in [0, %d)", width, height);
  }
}
