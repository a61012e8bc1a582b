package io.spikeformer.tasks.segmentation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.ImageResize;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.Base64;

/**
 * A sample with its answer, small enough for a report.
 *
 * @param key of the sample
 * @param right pixels of the whole sample that were taken for their class
 * @param labelled pixels of the whole sample that have a class
 * @param image a JPEG file in base64
 * @param truth a label map as a PNG file in base64, of the image's size
 * @param prediction likewise the predicted classes
 */
public record Example(
    String key, long right, long labelled, String image, String truth, String prediction) {
  /** The most pixels of a side. */
  static final int SIDE = 320;

  /** Share of the labelled pixels that were taken for their class; NaN without any. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double accuracy() {
    return (double) right / labelled;
  }

  /**
   * A sample made small.
   *
   * @param image as the model saw it, of any size
   * @param truth of the sample's size
   * @param prediction of the sample's size
   */
  static Example of(String key, RgbImage image, LabelMap truth, LabelMap prediction) {
    double scale = Math.min(1, (double) SIDE / Math.max(truth.height(), truth.width()));
    int height = Math.max(1, (int) Math.round(truth.height() * scale));
    int width = Math.max(1, (int) Math.round(truth.width() * scale));
    Geometry plan = Geometry.resize(truth.height(), truth.width(), height, width);
    RgbImage small =
        ImageResize.resize(image, Box.whole(image), height, width, Interpolation.BICUBIC);
    return new Example(
        key,
        LabelMaps.right(truth, prediction),
        LabelMaps.valid(truth),
        text(new ImageCodec().encode(small, ImageEncoding.JPEG)),
        text(truth.apply(plan).encode()),
        text(prediction.apply(plan).encode()));
  }

  private static String text(byte[] file) {
    return Base64.getEncoder().encodeToString(file);
  }
}
