package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Flip;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;

/**
 * Turns an image into normalised pixels [size, size, 3]: a pure function of (pixels, seed).
 * Thread-safe.
 */
public final class ImageTransform implements SampleTransform {
  private static final int CHANNELS = RgbImage.CHANNELS;

  /** Streams of draws apart from those of crop and flip, so that neither changes the other. */
  private static final int INTERPOLATION_STREAM = 1;

  private static final int LEVEL_STREAM = 2;
  private static final int ERASING_STREAM = 3;

  /** The level and the colour of padding: black. */
  private static final int PADDING = 0;

  private final TransformConfig config;
  private final float[][] normalised;
  private final int fill;

  /** Prepares what does not depend on the sample. */
  public ImageTransform(TransformConfig config) {
    this.config = config;
    this.normalised = config.normalisation().table();
    this.fill = config.normalisation().meanColour();
  }

  /** Height and width of the result, in pixels. */
  public int size() {
    return config.crop().extent().height();
  }

  /** Floats that one sample takes: size * size * 3. */
  public int length() {
    return size() * size() * CHANNELS;
  }

  @Override
  public int frames() {
    return 1;
  }

  @Override
  public int height() {
    return size();
  }

  @Override
  public int width() {
    return size();
  }

  @Override
  public int channels() {
    return CHANNELS;
  }

  @Override
  public Geometry apply(
      String key, DecodedContent content, long seed, float[] out, int offset, int stride) {
    if (!(content instanceof DecodedContent.Pixels pixels)) {
      throw new UserException("sample %s: expected an image, found event frames", key);
    }
    return apply(pixels.image(), key, seed, out, offset);
  }

  /**
   * Transforms decoded pixels.
   *
   * @param image the pixels
   * @param key of the sample, for messages
   * @param seed of its random draws
   * @param out receives {@link #length()} floats, [size, size, 3]
   * @param offset where in out
   * @return where the pixels went
   */
  public Geometry apply(RgbImage image, String key, long seed, float[] out, int offset) {
    Geometry plan = plan(image, key, new SeededRandom(seed));
    RgbImage scaled = plan.scale(image, drawInterpolation(seed));
    ImageAugmentation augmentation = config.augmentation();
    if (augmentation.changesLevels()) {
      RgbImage changed =
          changeLevels(plan.place(scaled, PADDING), new SeededRandom(mix(seed, LEVEL_STREAM)));
      normalise(changed, Geometry.identity(size(), size()), out, offset);
    } else {
      normalise(scaled, plan, out, offset);
    }
    SeededRandom erasing = new SeededRandom(mix(seed, ERASING_STREAM));
    augmentation.erasing().apply(out, offset, size(), size(), CHANNELS, erasing);
    return plan;
  }

  private Geometry plan(RgbImage image, String key, SeededRandom random) {
    Geometry plan;
    try {
      plan = config.crop().draw(image.height(), image.width(), random);
    } catch (IllegalArgumentException unfit) {
      throw new UserException(unfit, "sample %s: %s", key, unfit.getMessage());
    }
    return random.nextDouble() < config.flipProbability() ? plan.with(Flip.HORIZONTAL) : plan;
  }

  private static long mix(long seed, int stream) {
    return SeededRandom.mix(seed, stream);
  }

  /** Of crops that resize by chance; others are bicubic always. */
  private Interpolation drawInterpolation(long seed) {
    if (!(config.crop() instanceof Crop.RandomResized)) {
      return Interpolation.BICUBIC;
    }
    SeededRandom random = new SeededRandom(mix(seed, INTERPOLATION_STREAM));
    return config.augmentation().interpolation().draw(random);
  }

  private RgbImage changeLevels(RgbImage image, SeededRandom random) {
    ImageAugmentation augmentation = config.augmentation();
    return augmentation
        .operations()
        .map(chosen -> chosen.apply(image, augmentation.interpolation(), fill, random))
        .orElseGet(() -> augmentation.colourJitter().apply(image, random));
  }

  /** Window and flip of a plan as they are normalised, black where it has padding. */
  private void normalise(RgbImage scaled, Geometry plan, float[] out, int offset) {
    Rect content = plan.content();
    int first = (int) content.x();
    int end = (int) content.right();
    boolean flip = plan.flip() == Flip.HORIZONTAL;
    int column = plan.window().left() + (flip ? plan.window().width() - 1 - first : first);
    for (int y = 0; y < plan.height(); y++) {
      int to = offset + y * plan.width() * CHANNELS;
      if (y < content.y() || y >= content.bottom()) {
        pad(out, to, plan.width());
        continue;
      }
      pad(out, to, first);
      int from = ((plan.window().top() + y) * scaled.width() + column) * CHANNELS;
      int step = flip ? -CHANNELS : CHANNELS;
      for (int x = first; x < end; x++, from += step) {
        for (int channel = 0; channel < CHANNELS; channel++) {
          int level = scaled.pixels()[from + channel] & 0xff;
          out[to + x * CHANNELS + channel] = normalised[channel][level];
        }
      }
      pad(out, to + end * CHANNELS, plan.width() - end);
    }
  }

  private void pad(float[] out, int from, int count) {
    for (int to = from; to < from + count * CHANNELS; to += CHANNELS) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        out[to + channel] = normalised[channel][PADDING];
      }
    }
  }
}
