package io.spikeformer.tasks.detection;

import java.util.Locale;

/** COCO's ranges of an object's area in pixels; both ends belong to a range. */
public enum AreaRange {
  /** Every area. */
  ALL(0, 1e5 * 1e5),
  /** Up to 32 x 32. */
  SMALL(0, 32 * 32),
  /** From 32 x 32 to 96 x 96. */
  MEDIUM(32 * 32, 96 * 96),
  /** From 96 x 96. */
  LARGE(96 * 96, 1e5 * 1e5);

  private final double smallest;
  private final double largest;

  AreaRange(double smallest, double largest) {
    this.smallest = smallest;
    this.largest = largest;
  }

  /** Whether an area lies in the range. */
  public boolean contains(double area) {
    return area >= smallest && area <= largest;
  }

  /** The word in tables and files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
