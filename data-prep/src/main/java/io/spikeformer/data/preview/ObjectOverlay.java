package io.spikeformer.data.preview;

import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.Lettering;
import io.spikeformer.data.image.RgbImage;
import java.util.List;
import java.util.Optional;

/** Draws objects on an image: their masks half transparent, their boxes, and a text at each. */
public final class ObjectOverlay {
  private static final double SHARE = 0.4;
  private static final int LEAST_CAPITAL = 8;

  /** Capital letters on the image's shorter side. */
  private static final int LETTERS = 40;

  private ObjectOverlay() {}

  /**
   * An object to draw.
   *
   * @param label index of its class, which gives the colour
   * @param text at its box, of {@link Lettering#drawable} characters; empty for none
   * @param box in pixels of the image
   * @param mask of the image's size
   */
  public record Mark(int label, String text, Optional<Rect> box, Optional<Rle> mask) {
    /** The box, or the one around the mask. */
    Optional<Rect> place() {
      return box.or(() -> mask.map(Rle::box));
    }
  }

  /**
   * An image with objects, those at the end of the list on top.
   *
   * @param image left as it is
   */
  public static RgbImage of(RgbImage image, List<Mark> marks) {
    Canvas canvas = Canvas.of(image);
    marks.forEach(mark -> mark.mask().ifPresent(mask -> mix(canvas, mask, mark.label())));
    marks.forEach(mark -> mark.box().ifPresent(box -> outline(canvas, box, mark.label())));
    int capital = capital(image.height(), image.width());
    for (Mark mark : marks) {
      if (!mark.text().isEmpty()) {
        int colour = ClassColours.of(mark.label());
        mark.place()
            .ifPresent(place -> canvas.tag(mark.text(), place.x(), place.y(), colour, capital));
      }
    }
    return canvas.image();
  }

  /** Height of a capital letter in pixels, for an image of a size. */
  static int capital(int height, int width) {
    return Math.max(LEAST_CAPITAL, Math.min(height, width) / LETTERS);
  }

  /** The outline of a box in the colour of its class. */
  static void outline(Canvas canvas, Rect box, int label) {
    canvas.outline(box.x(), box.y(), box.right(), box.bottom(), ClassColours.of(label));
  }

  /** Runs go down the columns, in turn outside and inside of the mask. */
  static void mix(Canvas canvas, Rle mask, int label) {
    int colour = ClassColours.of(label);
    int pixel = 0;
    boolean inside = false;
    for (int run : mask.counts()) {
      for (int end = pixel + run; pixel < end; pixel++) {
        if (inside) {
          canvas.mix(pixel % mask.height(), pixel / mask.height(), colour, SHARE);
        }
      }
      inside = !inside;
    }
  }
}
