package io.spikeformer.tasks.detection;

/**
 * The points at which COCO measures: 10 thresholds of the IoU, 101 recalls, at most 1, 10 and 100
 * detections of a class in an image. The numbers equal pycocotools' to the last bit, since an IoU
 * can equal a threshold.
 */
public final class CocoGrid {
  /** Number of thresholds of the IoU. */
  public static final int THRESHOLDS = 10;

  /** Number of recalls. */
  public static final int RECALLS = 101;

  /** Number of limits of detections. */
  public static final int LIMITS = 3;

  /** Most detections of a class that count in an image. */
  public static final int MOST_DETECTIONS = 100;

  private static final double LOWEST = 0.5;
  private static final double HIGHEST = 0.95;

  private CocoGrid() {}

  /** 0.50, 0.55 to 0.95. */
  public static double threshold(int index) {
    return index == THRESHOLDS - 1
        ? HIGHEST
        : index * ((HIGHEST - LOWEST) / (THRESHOLDS - 1)) + LOWEST;
  }

  /** 0, 0.01 to 1. */
  public static double recall(int index) {
    return index == RECALLS - 1 ? 1 : index * 0.01;
  }

  /** 1, 10, 100. */
  public static int limit(int index) {
    return switch (index) {
      case 0 -> 1;
      case 1 -> 10;
      default -> MOST_DETECTIONS;
    };
  }
}
