package io.spikeformer.data.image;

import io.spikeformer.common.Text;

/**
 * The header of an image file, read before anything is decoded.
 *
 * @param encoding told from the first bytes
 * @param height rows as stored, before any EXIF rotation
 * @param width columns as stored
 */
public record ImageHeader(ImageEncoding encoding, int height, int width) {
  /** Largest side that is decoded, in pixels. */
  public static final int MAX_SIDE = 16_384;

  /** Most pixels that are decoded: 64 Mi, 192 MiB of samples. */
  public static final long MAX_PIXELS = 64L << 20;

  /**
   * Walks a file's structure from its first byte to its end marker.
   *
   * @param bytes a whole file
   * @throws InvalidImageException if it is empty, neither JPEG nor PNG, damaged, incomplete or
   *     larger than {@link #MAX_SIDE} or {@link #MAX_PIXELS}
   */
  public static ImageHeader check(byte[] bytes) throws InvalidImageException {
    if (bytes.length == 0) {
      throw new InvalidImageException("empty file");
    }
    ImageHeader header;
    if (JpegStructure.matches(bytes)) {
      header = JpegStructure.check(bytes);
    } else if (PngStructure.matches(bytes)) {
      header = PngStructure.check(bytes);
    } else {
      throw new InvalidImageException("neither JPEG nor PNG");
    }
    return header;
  }

  /** The header, if its dimensions are within the bounds. */
  static ImageHeader bounded(ImageEncoding encoding, long height, long width)
      throws InvalidImageException {
    if (height < 1 || width < 1) {
      throw new InvalidImageException(
          Text.format("impossible dimensions: %d x %d pixels (height x width)", height, width));
    }
    if (height > MAX_SIDE || width > MAX_SIDE || height * width > MAX_PIXELS) {
      throw new InvalidImageException(
          Text.format(
              "too large: %d x %d pixels (height x width), expected at most %d a side and %d in"
                  + " all",
              height, width, MAX_SIDE, MAX_PIXELS));
    }
    return new ImageHeader(encoding, (int) height, (int) width);
  }
}
