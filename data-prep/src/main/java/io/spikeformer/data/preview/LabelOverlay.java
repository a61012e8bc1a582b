package io.spikeformer.data.preview;

import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.segmentation.LabelMap;

/** Draws the classes of pixels on an image, half of each colour from the image. */
public final class LabelOverlay {
  private static final double SHARE = 0.5;

  private LabelOverlay() {}

  /**
   * An image with the colours of a map's classes; pixels without a class stay as they are.
   *
   * @param image of the map's size; it is left as it is
   */
  public static RgbImage of(RgbImage image, LabelMap map) {
    Canvas canvas = Canvas.of(image);
    draw(map, canvas);
    return canvas.image();
  }

  /** Mixes the colours of a map's classes into a canvas. */
  static void draw(LabelMap map, Canvas canvas) {
    for (int row = 0; row < Math.min(map.height(), canvas.height()); row++) {
      for (int column = 0; column < Math.min(map.width(), canvas.width()); column++) {
        int label = map.label(row, column);
        if (label != LabelMap.IGNORED) {
          canvas.mix(row, column, ClassColours.ofPixels(label), SHARE);
        }
      }
    }
  }
}
