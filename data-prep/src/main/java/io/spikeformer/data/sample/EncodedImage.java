package io.spikeformer.data.sample;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import java.util.Objects;

/**
 * An image file that was decoded once to prove that it can be.
 *
 * @param bytes of a JPEG or PNG file; not copied, not to be changed
 * @param encoding of the bytes
 * @param height rows once decoded, &gt;= 1: as stored beside annotations, otherwise with the EXIF
 *     rotation applied
 * @param width columns once decoded, &gt;= 1, likewise
 */
public record EncodedImage(byte[] bytes, ImageEncoding encoding, int height, int width)
    implements Content {
  /** Checks the ranges. */
  public EncodedImage {
    Objects.requireNonNull(bytes, "bytes");
    Objects.requireNonNull(encoding, "encoding");
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          Text.format("image: expected a size >= 1, found %d x %d", height, width));
    }
  }

  /**
   * Its pixels: as stored if the truth lies on them, else as shown, EXIF rotation applied.
   *
   * @throws InvalidImageException with the reason, if the bytes are no usable image
   */
  public RgbImage decode(ImageCodec codec, TruthKind truth) throws InvalidImageException {
    return truth.liesOnPixels() ? codec.decodeStored(bytes) : codec.decode(bytes);
  }

  @Override
  public ContentKind kind() {
    return ContentKind.IMAGE;
  }

  @Override
  public long byteCount() {
    return bytes.length;
  }
}
