package io.spikeformer.data.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.ImagePreparation;
import io.spikeformer.data.sample.Sample;

/** Makes a sample of an image and its label image, both decoded to prove that they can be. */
public final class SegmentationPreparation {
  private final ImagePreparation images = ImagePreparation.ofStoredPixels();
  private final LabelCoding coding;

  /**
   * For the label images of a dataset.
   *
   * @param coding its indices
   */
  public SegmentationPreparation(LabelCoding coding) {
    this.coding = coding;
  }

  /**
   * The sample, with the image's original bytes.
   *
   * @param key of the sample
   * @param file a whole JPEG or PNG file
   * @param labelFile a whole PNG file
   * @throws InvalidImageException with the reason, if one is damaged, their sizes differ or an
   *     index is unknown
   */
  public Sample prepare(String key, byte[] file, byte[] labelFile) throws InvalidImageException {
    EncodedImage image = images.prepare(file);
    try {
      LabelMap indices = LabelMap.decode(labelFile);
      if (indices.height() != image.height() || indices.width() != image.width()) {
        throw new InvalidImageException(
            Text.format(
                "expected the image's size, %d x %d pixels (height x width), found %d x %d",
                image.height(), image.width(), indices.height(), indices.width()));
      }
      return new Sample(key, image, new EncodedLabelMap(coding.apply(indices).encode()));
    } catch (InvalidImageException reason) {
      throw new InvalidImageException("label image: " + reason.getMessage());
    }
  }
}
