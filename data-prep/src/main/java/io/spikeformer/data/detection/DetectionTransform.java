package io.spikeformer.data.detection;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.AxisMap;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.GeometryConfig;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.DetectionSample;
import io.spikeformer.data.sample.EncodedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Resizes, crops, flips and pads an image with its boxes and masks: a pure function of (sample,
 * seed). Thread-safe.
 *
 * <p>An object that the window cuts gets the box of what is left, the part of its box inside the
 * window that also holds its mask, and its mask's pixels as area; without a mask, the part of its
 * box inside the window and the same share of its area. An object vanishes if its box has a side
 * below the smallest one, or if its mask has lost its last pixel.
 */
public final class DetectionTransform {
  private static final double ROUNDING = 1e-6;

  private final GeometryConfig config;
  private final double smallestSide;
  private final ImageCodec codec = new ImageCodec();

  /**
   * A transform.
   *
   * @param config what is drawn
   * @param smallestSide of a box that is kept, in pixels of the result, &gt; 0
   */
  public DetectionTransform(GeometryConfig config, double smallestSide) {
    if (!(smallestSide > 0)) {
      throw new IllegalArgumentException(
          "smallest side of a box: expected > 0 pixels, found " + smallestSide);
    }
    this.config = config;
    this.smallestSide = smallestSide;
  }

  /**
   * Decodes and transforms a sample.
   *
   * @throws UserException if its bytes are no image of its size, or no objects of such an image
   */
  public TransformedDetection apply(DetectionSample sample, long seed) {
    EncodedImage encoded = sample.image();
    RgbImage image;
    try {
      image = codec.decodeStored(encoded.bytes());
    } catch (InvalidImageException failure) {
      throw new UserException(
          "sample %s: expected a %s image, found bytes that %s; prepare the data again"
              .formatted(sample.key(), encoded.encoding().id(), failure.getMessage()),
          failure);
    }
    if (image.height() != encoded.height() || image.width() != encoded.width()) {
      throw new UserException(
          "sample %s: expected %d x %d pixels, found %d x %d; prepare the data again"
              .formatted(
                  sample.key(), encoded.height(), encoded.width(), image.height(), image.width()));
    }
    List<DetectedObject> objects =
        ObjectBytes.decode(sample.key(), sample.annotations(), image.height(), image.width());
    return apply(image, objects, config.draw(image.height(), image.width(), seed));
  }

  /** Transforms decoded pixels and their objects as planned. */
  public TransformedDetection apply(
      RgbImage image, List<DetectedObject> objects, Geometry geometry) {
    RgbImage pixels = geometry.apply(image, config.paddingColour());
    AxisMap rows = geometry.rows();
    AxisMap columns = geometry.columns();
    List<DetectedObject> visible = new ArrayList<>(objects.size());
    for (DetectedObject object : objects) {
      move(object, geometry, rows, columns).ifPresent(visible::add);
    }
    return new TransformedDetection(pixels, visible, objects.size() - visible.size(), geometry);
  }

  private Optional<DetectedObject> move(
      DetectedObject object, Geometry geometry, AxisMap rows, AxisMap columns) {
    // boxes are drawn by hand and may overhang the image itself by a fraction of a pixel
    Rect image = new Rect(0, 0, geometry.sourceWidth(), geometry.sourceHeight());
    Rect moved = geometry.apply(object.box().intersection(image));
    Rect box = moved.intersection(geometry.content());
    if (tooSmall(box)) {
      return Optional.empty();
    }
    Optional<Rle> mask = object.mask().map(whole -> whole.resample(rows, columns));
    double area = object.area() * geometry.scaleX() * geometry.scaleY();
    boolean cut =
        moved.width() - box.width() > ROUNDING || moved.height() - box.height() > ROUNDING;
    if (cut && mask.isPresent()) {
      box = box.intersection(mask.get().box());
      area = mask.get().area();
    } else if (cut) {
      area *= box.area() / moved.area();
    }
    if (tooSmall(box) || mask.isPresent() && mask.get().area() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new DetectedObject(object.id(), object.label(), object.kind(), box, area, mask));
  }

  private boolean tooSmall(Rect box) {
    return box.width() < smallestSide || box.height() < smallestSide;
  }
}
