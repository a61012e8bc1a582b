package io.spikeformer.data.geometry;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.Objects;

/**
 * The draws for each sample, in this order: factor of the size, place of the window, flip.
 *
 * @param resize size of the whole image
 * @param window part that is kept
 * @param flipProbability of a horizontal flip, 0 to 1; 0 in evaluation
 * @param padding of the result
 * @param paddingColour 0xRRGGBB
 */
public record GeometryConfig(
    Resize resize, Window window, double flipProbability, Padding padding, int paddingColour)
    implements Serializable {
  /** The mean colour of ImageNet: about 0 once normalised. */
  public static final int IMAGENET_MEAN = 0x7c7468;

  private static final int WHITE = 0xffffff;

  /** Checks the ranges. */
  public GeometryConfig {
    Objects.requireNonNull(resize, "resize");
    Objects.requireNonNull(window, "window");
    Objects.requireNonNull(padding, "padding");
    if (!(flipProbability >= 0 && flipProbability <= 1)) {
      throw new IllegalArgumentException(
          Text.format("flip probability: expected 0 to 1, found %s", flipProbability));
    }
    if (paddingColour < 0 || paddingColour > WHITE) {
      throw new IllegalArgumentException(
          Text.format("padding colour: expected 0x000000 to 0xffffff, found 0x%x", paddingColour));
    }
  }

  /** Resize and padding alone: the same for every seed. */
  public static GeometryConfig evaluation(int shortSide, int longSide, Padding padding) {
    return new GeometryConfig(
        Resize.Fit.within(shortSide, longSide), new Window.Whole(), 0, padding, IMAGENET_MEAN);
  }

  /** The plan for an image of height x width: a pure function of both and the seed. */
  public Geometry draw(int height, int width, long seed) {
    SeededRandom random = new SeededRandom(seed);
    double scale = resize.scale(height, width, random);
    int scaledHeight = Math.max(1, (int) (height * scale + 0.5));
    int scaledWidth = Math.max(1, (int) (width * scale + 0.5));
    Box part = window.draw(scaledHeight, scaledWidth, random);
    Flip flip = random.nextDouble() < flipProbability ? Flip.HORIZONTAL : Flip.NONE;
    return new Geometry(
        height,
        width,
        new Box(0, 0, height, width),
        scaledHeight,
        scaledWidth,
        part,
        flip,
        padding.height(part.height()),
        padding.width(part.width()));
  }
}
