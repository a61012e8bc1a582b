package io.spikeformer.data.batch;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.geometry.Mosaic;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ShardSet;
import java.util.Objects;
import java.util.Optional;

/**
 * The transform of an image on its way into a batch.
 *
 * @param crop what is taken of it, and how large it becomes
 * @param flipProbability probability of a horizontal flip, 0 to 1; 0 in evaluation
 * @param normalisation of the levels
 * @param augmentation besides crop and flip; none in evaluation
 * @param padding where the crop reaches beyond the image
 * @param mosaicked squares that samples are put together to before the crop; null for none
 * @param sliding windows in which the model sees the result, one after the other; null for none
 */
public record TransformConfig(
    Crop crop,
    double flipProbability,
    PixelNormalisation normalisation,
    ImageAugmentation augmentation,
    PaddingColour padding,
    Mosaic mosaicked,
    SlidingWindow sliding)
    implements InputConfig {
  /** Checks the range. */
  public TransformConfig {
    Objects.requireNonNull(crop, "crop");
    Objects.requireNonNull(normalisation, "normalisation");
    Objects.requireNonNull(augmentation, "augmentation");
    Objects.requireNonNull(padding, "padding");
    if (!(flipProbability >= 0 && flipProbability <= 1)) {
      throw new IllegalArgumentException(
          Text.format("flip probability: expected 0 to 1, found %s", flipProbability));
    }
  }

  @Override
  public Extent extent() {
    return crop.extent();
  }

  /** Rows that the model sees at once. */
  @Override
  public int height() {
    return sliding == null ? extent().height() : Math.min(sliding.size(), extent().height());
  }

  /** Columns that the model sees at once. */
  @Override
  public int width() {
    return sliding == null ? extent().width() : Math.min(sliding.size(), extent().width());
  }

  @Override
  public Size largest(int wanted) {
    Size all = extent().largest(wanted);
    return sliding == null
        ? all
        : new Size(Math.min(sliding.size(), all.height()), Math.min(sliding.size(), all.width()));
  }

  @Override
  public Optional<SlidingWindow> window() {
    return Optional.ofNullable(sliding);
  }

  /** Squares that samples are put together to before the crop; empty for none. */
  public Optional<Mosaic> mosaic() {
    return Optional.ofNullable(mosaicked);
  }

  /** The same of squares that samples are put together to. */
  public TransformConfig withMosaic(Mosaic mosaic) {
    return new TransformConfig(
        crop, flipProbability, normalisation, augmentation, padding, mosaic, sliding);
  }

  /** The same in windows. */
  public TransformConfig in(SlidingWindow windows) {
    return new TransformConfig(
        crop, flipProbability, normalisation, augmentation, padding, mosaicked, windows);
  }

  @Override
  public int channels() {
    return RgbImage.CHANNELS;
  }

  @Override
  public void requireFits(ShardSet shards, TruthKind truth) {
    shards.require(new SampleKind(ContentKind.IMAGE, truth));
    if (mosaicked != null && truth != TruthKind.OBJECTS) {
      throw new UserException(
          "crop: expected mosaics for %s alone, found them for %s; set another data.training.crop",
          TruthKind.OBJECTS.task(), shards.manifest().kind().text());
    }
    if (truth.liesOnPixels() && augmentation.operations().isPresent()) {
      throw new UserException(
          "augmentation: expected no rand-augment for %s, since some of its operations move pixels"
              + " and no object with them, found %s; set data.training.rand-augment=none",
          shards.manifest().kind().text(), augmentation.operations().get().text());
    }
  }

  @Override
  public ImageTransform transform() {
    return new ImageTransform(this);
  }

  /** In one piece. */
  public TransformConfig(
      Crop crop,
      double flipProbability,
      PixelNormalisation normalisation,
      ImageAugmentation augmentation,
      PaddingColour padding) {
    this(crop, flipProbability, normalisation, augmentation, padding, null, null);
  }

  /** With black padding. */
  public TransformConfig(
      Crop crop,
      double flipProbability,
      PixelNormalisation normalisation,
      ImageAugmentation augmentation) {
    this(crop, flipProbability, normalisation, augmentation, PaddingColour.BLACK);
  }

  /** Crop, flip and normalisation alone. */
  public TransformConfig(Crop crop, double flipProbability, PixelNormalisation normalisation) {
    this(crop, flipProbability, normalisation, ImageAugmentation.NONE);
  }

  /** A transform without a flip, for evaluation. */
  public static TransformConfig evaluation(Crop crop, PixelNormalisation normalisation) {
    return new TransformConfig(crop, 0, normalisation);
  }
}
