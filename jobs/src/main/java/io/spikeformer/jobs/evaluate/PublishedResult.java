package io.spikeformer.jobs.evaluate;

import io.spikeformer.model.config.NetworkConfig;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A published row: what its authors state.
 *
 * @param table the number of a {@link PaperTable}
 * @param preset the same network here
 * @param timesteps T
 * @param millions parameters in millions
 * @param millijoules power of one image, if it is known
 * @param accuracy top-1, AP50 or mIoU in percent, if it is known
 * @param note what to know about the row, or empty
 */
record PublishedResult(
    int table,
    String preset,
    int timesteps,
    double millions,
    OptionalDouble millijoules,
    OptionalDouble accuracy,
    String note) {
  private static final double UNKNOWN = Double.NaN;

  private static PublishedResult of(
      int table,
      String preset,
      int timesteps,
      double millions,
      double millijoules,
      double accuracy,
      String note) {
    return new PublishedResult(
        table, preset, timesteps, millions, known(millijoules), known(accuracy), note);
  }

  private static OptionalDouble known(double value) {
    return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** The same network here at the row's T. */
  NetworkConfig config() {
    return NetworkConfig.preset(preset).withTimesteps(timesteps);
  }

  /** All rows, in the order of the tables; docs/energy.md says where each comes from. */
  static List<PublishedResult> all() {
    String stagesAlone = "the stages of Table 1 alone would cost more at 512x512";
    String later = "Spike-driven Transformer V3, which is later than the table; integers 0 to 4";
    String quoted = "power not stated in a source at hand";
    return List.of(
        of(1, "SEW-ResNet-50", 4, 25.6, 4.89, 67.78, ""),
        of(1, "SEW-ResNet-152", 4, 60.2, 12.89, 69.26, ""),
        of(1, "MS-ResNet-34", 4, 21.8, UNKNOWN, 69.4, quoted),
        of(1, "MS-ResNet-104", 4, 77.3, UNKNOWN, UNKNOWN, quoted),
        of(1, "Spikformer-8-512", 4, 29.7, 11.58, 73.38, ""),
        of(1, "Spikformer-8-768", 4, 66.3, 21.48, 74.81, ""),
        of(1, "SDT-V1-8-512", 4, 29.7, 4.50, 74.57, ""),
        of(1, "SDT-V1-8-768", 4, 66.3, 6.09, 76.3, "77.07 at 288 x 288"),
        of(1, "15M", 1, 15.1, 4.0, 71.8, ""),
        of(1, "15M", 4, 15.1, 16.7, 74.1, ""),
        of(1, "31M", 1, 31.3, 7.8, 75.4, ""),
        of(1, "31M", 4, 31.3, 32.8, 77.2, ""),
        of(1, "55M", 1, 55.4, 13.0, 79.1, "distilled"),
        of(1, "55M", 4, 55.4, 52.4, 80.0, "distilled"),
        of(1, "e-spikeformer-5m", 1, 5.1, UNKNOWN, UNKNOWN, later),
        of(1, "e-spikeformer-10m", 1, 10.0, UNKNOWN, 78.5, later),
        of(1, "e-spikeformer-19m", 1, 19.0, UNKNOWN, 79.8, later),
        of(3, "coco-maskrcnn-15m", 1, 34.9, 49.5, 44.0, ""),
        of(3, "coco-maskrcnn-55m", 1, 75.0, 140.8, 51.2, ""),
        of(3, "coco-maskrcnn-15m", 4, 34.9, UNKNOWN, UNKNOWN, "not published at T = 4"),
        of(3, "coco-maskrcnn-55m", 4, 75.0, UNKNOWN, UNKNOWN, "not published at T = 4"),
        of(4, "ade20k-16m", 1, 16.5, 22.1, 32.3, ""),
        of(4, "ade20k-16m", 4, 16.5, 88.1, 33.6, ""),
        of(4, "ade20k-58m", 1, 58.9, 46.6, 34.8, stagesAlone),
        of(4, "ade20k-58m", 4, 58.9, 183.6, 35.3, stagesAlone),
        of(5, "31M", 1, 31.3, 7.8, 75.4, ""),
        of(5, "31M-no-sepconv", 1, 30.9, 5.5, UNKNOWN, ""),
        of(5, "31M-channel-mlp", 1, 25.9, 6.3, UNKNOWN, ""),
        of(5, "31M-one-step-stage1", 1, 31.8, 7.4, UNKNOWN, ""),
        of(5, "31M-linear-qkv", 1, 27.2, 6.0, UNKNOWN, ""),
        of(5, "31M-linear-output", 1, 30.0, 7.1, UNKNOWN, "published as 30.0, exactly 29.946"),
        of(5, "31M-sdsa1", 1, 31.3, 7.2, UNKNOWN, ""),
        of(5, "31M-sdsa2", 1, 28.6, 6.3, UNKNOWN, ""),
        of(5, "31M-sdsa4", 1, 31.3, 7.7, UNKNOWN, ""),
        of(5, "31M-vanilla-shortcut", 1, 31.3, UNKNOWN, UNKNOWN, ""),
        of(5, "31M-sew-shortcut", 1, 31.3, 7.8, UNKNOWN, ""),
        of(5, "31M-no-pyramid", 1, 26.9, 7.4, UNKNOWN, ""),
        of(5, "31M-fully-transformer", 1, 26.2, 5.4, UNKNOWN, ""),
        of(
            5,
            "31M-fully-cnn-like-for-like",
            1,
            36.0,
            2.9,
            UNKNOWN,
            "not the paper's, which is not described"),
        of(9, "coco-yolo-16m", 1, 16.8, 34.8, 45.0, "published without its code"),
        of(9, "coco-yolo-16m", 4, 16.8, 70.7, 50.3, "published without its code"),
        of(10, "voc2012-16m", 1, 16.5, UNKNOWN, UNKNOWN, "not published at T = 1"),
        of(10, "voc2012-16m", 4, 16.5, 81.4, 58.1, ""),
        of(10, "voc2012-58m", 1, 58.9, UNKNOWN, UNKNOWN, "not published at T = 1"),
        of(10, "voc2012-58m", 4, 58.9, 179.8, 61.1, stagesAlone));
  }
}
