package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.geometry.Flip;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.LabelShare;
import io.spikeformer.data.geometry.Mosaic;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.util.Optional;

/**
 * Turns an image into normalised pixels [H, W, 3]: a pure function of (pixels, labels, seed).
 * Thread-safe.
 */
public final class ImageTransform implements SampleTransform {
  private static final int CHANNELS = RgbImage.CHANNELS;

  /** Streams of draws apart from those of crop and flip, so that neither changes the other. */
  private static final int INTERPOLATION_STREAM = 1;

  private static final int LEVEL_STREAM = 2;
  private static final int ERASING_STREAM = 3;

  private static final int BLACK = 0;

  private final TransformConfig config;
  private final float[][] normalised;
  private final float[] padding = new float[CHANNELS];
  private final int fill;

  /** Prepares what does not depend on the sample. */
  public ImageTransform(TransformConfig config) {
    this.config = config;
    this.normalised = config.normalisation().table();
    if (config.padding() != PaddingColour.MEAN) {
      int level = config.padding() == PaddingColour.GREY ? PaddingColour.GREY_LEVEL : BLACK;
      for (int channel = 0; channel < CHANNELS; channel++) {
        padding[channel] = normalised[channel][level];
      }
    }
    this.fill = config.normalisation().meanColour();
  }

  /** Floats that the largest sample takes: height * width * 3. */
  public int length() {
    Extent most = extent();
    return Math.multiplyExact(Math.multiplyExact(most.height(), most.width()), CHANNELS);
  }

  @Override
  public int frames() {
    return 1;
  }

  @Override
  public Extent extent() {
    return config.extent();
  }

  @Override
  public int channels() {
    return CHANNELS;
  }

  @Override
  public Optional<Mosaic> mosaic() {
    return config.mosaic();
  }

  @Override
  public int paddingColour() {
    return switch (config.padding()) {
      case BLACK -> BLACK;
      case MEAN -> fill;
      case GREY -> PaddingColour.GREY_LEVEL * 0x010101;
    };
  }

  @Override
  public float[] padding() {
    return padding.clone();
  }

  @Override
  public Geometry plan(String key, DecodedContent content, LabelShare labels, long seed) {
    if (!(content instanceof DecodedContent.Pixels pixels)) {
      throw new UserException("sample %s: expected an image, found event frames", key);
    }
    RgbImage image = pixels.image();
    SeededRandom random = new SeededRandom(seed);
    Geometry plan;
    try {
      plan = config.crop().draw(image.height(), image.width(), random, labels);
    } catch (IllegalArgumentException unfit) {
      throw new UserException(unfit, "sample %s: %s", key, unfit.getMessage());
    }
    return random.nextDouble() < config.flipProbability() ? plan.with(Flip.HORIZONTAL) : plan;
  }

  @Override
  public void write(
      DecodedContent content, Geometry plan, long seed, float[] out, int offset, int stride) {
    write(((DecodedContent.Pixels) content).image(), plan, seed, out, offset);
  }

  /**
   * Plans for decoded pixels without labels, and writes them.
   *
   * @param image the pixels
   * @param key of the sample, for messages
   * @param seed of its random draws
   * @param out receives [plan's height, plan's width, 3] floats, at most {@link #length()}
   * @param offset where in out
   * @return where the pixels went
   */
  public Geometry apply(RgbImage image, String key, long seed, float[] out, int offset) {
    return apply(key, new DecodedContent.Pixels(image), seed, out, offset, length());
  }

  private void write(RgbImage image, Geometry plan, long seed, float[] out, int offset) {
    RgbImage scaled = plan.scale(image, drawInterpolation(seed));
    ImageAugmentation augmentation = config.augmentation();
    if (augmentation.changesLevels()) {
      RgbImage changed =
          changeLevels(plan.place(scaled, BLACK), new SeededRandom(mix(seed, LEVEL_STREAM)));
      Geometry placed = Geometry.identity(plan.height(), plan.width());
      boolean painted = config.padding() == PaddingColour.BLACK;
      normalise(changed, placed, painted ? placed.content() : plan.content(), out, offset);
    } else {
      normalise(scaled, plan, plan.content(), out, offset);
    }
    SeededRandom erasing = new SeededRandom(mix(seed, ERASING_STREAM));
    augmentation.erasing().apply(out, offset, plan.height(), plan.width(), CHANNELS, erasing);
  }

  private static long mix(long seed, int stream) {
    return SeededRandom.mix(seed, stream);
  }

  /** Of random-resized crops by chance, of others always the same. */
  private Interpolation drawInterpolation(long seed) {
    if (!(config.crop() instanceof Crop.RandomResized)) {
      return config.crop().interpolation();
    }
    SeededRandom random = new SeededRandom(mix(seed, INTERPOLATION_STREAM));
    return config.augmentation().interpolation().draw(random);
  }

  private RgbImage changeLevels(RgbImage image, SeededRandom random) {
    ImageAugmentation augmentation = config.augmentation();
    return augmentation
        .operations()
        .map(chosen -> chosen.apply(image, augmentation.interpolation(), fill, random))
        .orElseGet(() -> coloured(image, random));
  }

  private RgbImage coloured(RgbImage image, SeededRandom random) {
    ImageAugmentation augmentation = config.augmentation();
    if (!augmentation.hsv().isOff()) {
      return augmentation.hsv().apply(image, random);
    }
    return augmentation.photometric().isOff()
        ? augmentation.colourJitter().apply(image, random)
        : augmentation.photometric().apply(image, random);
  }

  /** Window and flip of a plan as they are normalised, with padding beside its content. */
  private void normalise(RgbImage scaled, Geometry plan, Rect content, float[] out, int offset) {
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
        out[to + channel] = padding[channel];
      }
    }
  }
}
