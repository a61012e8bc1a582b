package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageHeader;
import java.io.Serializable;

/**
 * An image that a COCO annotation file lists.
 *
 * @param id that annotations refer to
 * @param fileName relative to the folder of images
 * @param height rows
 * @param width columns
 */
public record CocoImage(long id, String fileName, int height, int width) implements Serializable {
  private static final int MAX_NAME = 1024;

  /** Checks the size, and that the name leads nowhere else. */
  public CocoImage {
    boolean leads =
        fileName.startsWith("/")
            || fileName.indexOf('\\') >= 0
            || fileName.indexOf('\0') >= 0
            || ("/" + fileName + "/").contains("/../");
    if (fileName.isBlank() || fileName.length() > MAX_NAME || leads) {
      throw new IllegalArgumentException(
          Text.format(
              "image %d: expected the path of a file below the folder of images, found '%s'",
              id, fileName.substring(0, Math.min(fileName.length(), MAX_NAME))));
    }
    boolean sides = height >= 1 && width >= 1;
    if (!sides
        || height > ImageHeader.MAX_SIDE
        || width > ImageHeader.MAX_SIDE
        || (long) height * width > ImageHeader.MAX_PIXELS) {
      throw new IllegalArgumentException(
          Text.format(
              "image %d: expected 1 to %d pixels a side and at most %d in all, found %d x %d",
              id, ImageHeader.MAX_SIDE, ImageHeader.MAX_PIXELS, height, width));
    }
  }
}
