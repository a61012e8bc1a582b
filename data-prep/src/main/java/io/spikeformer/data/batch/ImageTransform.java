package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageResize;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.data.sample.ImageSample;

/**
 * Turns a sample into normalised pixels [size, size, 3]: a pure function of (sample, seed).
 * Thread-safe.
 */
public final class ImageTransform implements SampleTransform {
  private static final int CHANNELS = RgbImage.CHANNELS;
  private static final int ATTEMPTS = 10;

  /** Streams of draws apart from those of crop and flip, so that neither changes the other. */
  private static final int INTERPOLATION_STREAM = 1;

  private static final int LEVEL_STREAM = 2;
  private static final int ERASING_STREAM = 3;

  private final TransformConfig config;
  private final ImageCodec codec = new ImageCodec();
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
    return config.crop().size();
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
  public void apply(
      ShardCache cache, SampleRef place, long seed, float[] out, int offset, int stride) {
    RgbImage image = cache.pixels(place, this);
    apply(image, cache.sample(place).key(), seed, out, offset);
  }

  /**
   * Decodes a sample.
   *
   * @throws UserException if its bytes are no image
   */
  public RgbImage decode(ImageSample sample) {
    try {
      return codec.decode(sample.image());
    } catch (InvalidImageException failure) {
      throw new UserException(
          "sample %s: expected a %s image, found bytes that %s; prepare the data again"
              .formatted(sample.key(), sample.encoding().id(), failure.getMessage()),
          failure);
    }
  }

  /**
   * Decodes and transforms a sample.
   *
   * @param sample the sample
   * @param seed of its random draws
   * @param out receives {@link #length()} floats, [size, size, 3]
   * @param offset where in out
   */
  public void apply(ImageSample sample, long seed, float[] out, int offset) {
    apply(decode(sample), sample.key(), seed, out, offset);
  }

  /**
   * Transforms decoded pixels.
   *
   * @param image the pixels
   * @param key of the sample, for messages
   * @param seed of its random draws
   * @param out receives {@link #length()} floats, [size, size, 3]
   * @param offset where in out
   */
  public void apply(RgbImage image, String key, long seed, float[] out, int offset) {
    SeededRandom random = new SeededRandom(seed);
    Crop crop = config.crop();
    RgbImage source;
    int top;
    int left;
    if (crop instanceof Crop.RandomResized resized) {
      Box box = drawBox(image, resized, random);
      source = ImageResize.resize(image, box, size(), size(), drawInterpolation(seed));
      top = 0;
      left = 0;
    } else if (crop instanceof Crop.Padded padded) {
      source = image;
      top = random.nextInt(slack(image.height(), padded, key) + 1) - padded.padding();
      left = random.nextInt(slack(image.width(), padded, key) + 1) - padded.padding();
    } else if (crop instanceof Crop.Centre centre) {
      source = BicubicResize.resizeShortSide(image, centre.shortSide());
      top = centred(source.height());
      left = centred(source.width());
    } else {
      requireWhole(image, key);
      source = image;
      top = 0;
      left = 0;
    }
    boolean flip = random.nextDouble() < config.flipProbability();
    ImageAugmentation augmentation = config.augmentation();
    if (augmentation.changesLevels()) {
      source =
          changeLevels(cut(source, top, left, flip), new SeededRandom(mix(seed, LEVEL_STREAM)));
      normalise(source, 0, 0, false, out, offset);
    } else {
      normalise(source, top, left, flip, out, offset);
    }
    SeededRandom erasing = new SeededRandom(mix(seed, ERASING_STREAM));
    augmentation.erasing().apply(out, offset, size(), size(), CHANNELS, erasing);
  }

  private static long mix(long seed, int stream) {
    return SeededRandom.mix(seed, stream);
  }

  private Interpolation drawInterpolation(long seed) {
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

  /** As torchvision: ten draws of area and ratio, then the largest centred box of the ratios. */
  private static Box drawBox(RgbImage image, Crop.RandomResized crop, SeededRandom random) {
    int height = image.height();
    int width = image.width();
    double area = (double) height * width;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double target = area * random.nextDouble(crop.minScale(), crop.maxScale());
      double ratio =
          Math.exp(random.nextDouble(Math.log(crop.minRatio()), Math.log(crop.maxRatio())));
      int boxWidth = (int) Math.rint(Math.sqrt(target * ratio));
      int boxHeight = (int) Math.rint(Math.sqrt(target / ratio));
      if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
        int top = random.nextInt(height - boxHeight + 1);
        int left = random.nextInt(width - boxWidth + 1);
        return new Box(top, left, boxHeight, boxWidth);
      }
    }
    double ratio = (double) width / height;
    int boxHeight = ratio < crop.minRatio() ? (int) Math.rint(width / crop.minRatio()) : height;
    int boxWidth = ratio > crop.maxRatio() ? (int) Math.rint(height * crop.maxRatio()) : width;
    boxHeight = Math.max(1, Math.min(height, boxHeight));
    boxWidth = Math.max(1, Math.min(width, boxWidth));
    return new Box((height - boxHeight) / 2, (width - boxWidth) / 2, boxHeight, boxWidth);
  }

  /** How far the square can move along one side of the padded image. */
  private static int slack(int side, Crop.Padded crop, String key) {
    int slack = side + 2 * crop.padding() - crop.size();
    if (slack < 0) {
      throw new UserException(
          ("sample %s: expected a side of at least %d pixels for a crop of %d padded by %d, found"
                  + " %d; choose another crop")
              .formatted(key, crop.size() - 2 * crop.padding(), crop.size(), crop.padding(), side));
    }
    return slack;
  }

  /** First row or column of the centre; halves go to the even number, as in torchvision. */
  private int centred(int side) {
    return (int) Math.rint((side - size()) / 2.0);
  }

  private void requireWhole(RgbImage image, String key) {
    if (image.height() != size() || image.width() != size()) {
      throw new UserException(
          ("sample %s: expected %d x %d pixels, found %d x %d; choose a crop that resizes"
                  + " (data.evaluation.crop=centre)")
              .formatted(key, size(), size(), image.height(), image.width()));
    }
  }

  /** The square as an image, black outside the source, mirrored if asked. */
  private RgbImage cut(RgbImage source, int top, int left, boolean flip) {
    int size = size();
    byte[] pixels = new byte[length()];
    for (int y = 0; y < size; y++) {
      int row = top + y;
      for (int x = 0; x < size; x++) {
        int column = left + (flip ? size - 1 - x : x);
        if (row >= 0 && row < source.height() && column >= 0 && column < source.width()) {
          int from = (row * source.width() + column) * CHANNELS;
          System.arraycopy(source.pixels(), from, pixels, (y * size + x) * CHANNELS, CHANNELS);
        }
      }
    }
    return new RgbImage(size, size, pixels);
  }

  /** Cuts the square out, black outside the image, mirrors and normalises it. */
  private void normalise(
      RgbImage source, int top, int left, boolean flip, float[] out, int offset) {
    int size = size();
    byte[] pixels = source.pixels();
    int step = flip ? -CHANNELS : CHANNELS;
    for (int y = 0; y < size; y++) {
      int row = top + y;
      boolean inside = row >= 0 && row < source.height();
      int to = offset + (y * size + (flip ? size - 1 : 0)) * CHANNELS;
      for (int x = 0; x < size; x++) {
        int column = left + x;
        boolean pixel = inside && column >= 0 && column < source.width();
        int from = pixel ? (row * source.width() + column) * CHANNELS : 0;
        for (int channel = 0; channel < CHANNELS; channel++) {
          int level = pixel ? pixels[from + channel] & 0xff : 0;
          out[to + channel] = normalised[channel][level];
        }
        to += step;
      }
    }
  }
}
