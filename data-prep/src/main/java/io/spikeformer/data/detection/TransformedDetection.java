package io.spikeformer.data.detection;

import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.RgbImage;
import java.util.List;

/**
 * A sample as the model sees it.
 *
 * @param image the pixels, padding included
 * @param objects those that are still visible, in pixels of {@code image}
 * @param vanished objects that were dropped
 * @param geometry the plan that was applied; its content is what is no padding
 */
public record TransformedDetection(
    RgbImage image, List<DetectedObject> objects, int vanished, Geometry geometry) {
  /** Copies the list. */
  public TransformedDetection {
    objects = List.copyOf(objects);
  }
}
