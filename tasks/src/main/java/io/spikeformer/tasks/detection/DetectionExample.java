package io.spikeformer.tasks.detection;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.ImageResize;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;
import java.util.Base64;
import java.util.List;

/**
 * A sample with its objects and what was detected, small enough for a report.
 *
 * @param key of the sample
 * @param tally of the detections that are shown
 * @param image a JPEG file in base64
 * @param objects of the sample
 * @param detections of at least the score {@link #LEAST_SCORE}
 */
record DetectionExample(
    String key,
    ImageTally tally,
    String image,
    List<ShownObject> objects,
    List<ShownObject> detections) {
  /** Detections of lower scores are not shown. */
  static final double LEAST_SCORE = 0.3;

  /** The most pixels of a side. */
  private static final int SIDE = 400;

  private static final double MOST_ENLARGED = 3;

  DetectionExample {
    objects = List.copyOf(objects);
    detections = List.copyOf(detections);
  }

  /**
   * A sample made small, or larger if it is tiny.
   *
   * @param stored size of the sample, in whose pixels objects and detections are
   * @param image as the model saw it, of any size
   */
  static DetectionExample of(
      String key,
      ImageTally tally,
      Size stored,
      RgbImage image,
      List<DetectedObject> objects,
      List<Detection> detections) {
    double scale =
        Math.min(MOST_ENLARGED, (double) SIDE / Math.max(stored.height(), stored.width()));
    int height = Math.max(1, (int) Math.round(stored.height() * scale));
    int width = Math.max(1, (int) Math.round(stored.width() * scale));
    Geometry plan = Geometry.resize(stored.height(), stored.width(), height, width);
    RgbImage picture =
        ImageResize.resize(image, Box.whole(image), height, width, Interpolation.BICUBIC);
    return new DetectionExample(
        key,
        tally,
        Base64.getEncoder().encodeToString(new ImageCodec().encode(picture, ImageEncoding.JPEG)),
        objects.stream().map(object -> ShownObject.of(object, plan)).toList(),
        detections.stream()
            .filter(detection -> detection.score() >= LEAST_SCORE)
            .map(detection -> ShownObject.of(detection, plan))
            .toList());
  }
}
