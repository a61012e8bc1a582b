package io.spikeformer.data.sample;

import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;

/**
 * Makes an image of a sample of an input file: checked, decoded to prove that it can be, and
 * reduced if asked. Thread-safe.
 */
public final class ImagePreparation {
  private final ImageCodec codec = new ImageCodec();
  private final int shortSide;
  private final Decoder decoder;

  /** Turns a file into pixels. */
  @FunctionalInterface
  private interface Decoder {
    RgbImage decode(byte[] file) throws InvalidImageException;
  }

  /**
   * How images are kept.
   *
   * @param shortSide pixels to which the short side of larger images is reduced; 0: as they are
   */
  public ImagePreparation(int shortSide) {
    this.shortSide = shortSide;
    this.decoder = codec::decode;
  }

  private ImagePreparation() {
    this.shortSide = 0;
    this.decoder = codec::decodeStored;
  }

  /** Images beside annotations: as they are, their size that of the stored pixels. */
  public static ImagePreparation ofStoredPixels() {
    return new ImagePreparation();
  }

  /**
   * The checked image, with the original bytes unless it was reduced.
   *
   * @param file the input's bytes
   * @throws InvalidImageException with the reason, if this is no usable image
   */
  public EncodedImage prepare(byte[] file) throws InvalidImageException {
    ImageHeader header = ImageHeader.check(file);
    RgbImage image = decoder.decode(file);
    byte[] kept = file;
    if (shortSide > 0 && Math.min(image.height(), image.width()) > shortSide) {
      image = BicubicResize.resizeShortSide(image, shortSide);
      kept = codec.encode(image, header.encoding());
    }
    return new EncodedImage(kept, header.encoding(), image.height(), image.width());
  }
}
