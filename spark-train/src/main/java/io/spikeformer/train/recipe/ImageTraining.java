package io.spikeformer.train.recipe;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.HsvGains;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.PhotometricDistortion;
import io.spikeformer.data.augment.RandAugment;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.data.batch.PaddingColour;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Mosaic;
import io.spikeformer.data.geometry.OneOf;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.data.geometry.Zoomed;
import java.util.List;

/**
 * Augmentation of a training image.
 *
 * @param crop random-resized, padded, scaled, fit, fit-or-part, mosaic or none
 * @param size pixels of the crop's side; not of fit and fit-or-part
 * @param padding pixels around the image, padded crop only
 * @param paddingColour black, mean: 0 once normalised, or grey: level 114
 * @param paddingMultiple what both sides are padded to a multiple of, fit and fit-or-part only; 0
 *     for no padding
 * @param resize most pixels of the short and of the long side of the image before the scaled crop,
 *     of fit and of fit-or-part
 * @param shortSides one of them is drawn in place of the first of resize, fit and fit-or-part only;
 *     empty for none
 * @param jitter smallest and largest factor of that size, scaled crop only
 * @param largestClassShare of a scaled crop's labelled pixels, from which on it is drawn again; 1
 *     for no such rule
 * @param partShortSides short sides of the image that a part is cut out of, fit-or-part only
 * @param partSize least and most pixels of the part's sides, fit-or-part only
 * @param mosaic chance in mosaics, mosaic only
 * @param scale smallest and largest share of the area, random-resized crop only
 * @param ratio smallest and largest width / height, random-resized crop only
 * @param horizontalFlip probability
 * @param interpolation of the random-resized crop and RandAugment: bicubic, bilinear or random
 * @param randAugment in timm's notation, or none
 * @param colourJitter of brightness, contrast, saturation and, as a fourth number, hue
 * @param photometricDistortion of brightness, contrast, saturation and hue
 * @param hsvGains of hue, saturation and value
 * @param randomErasing probability
 * @param events what event frames get instead
 */
public record ImageTraining(
    String crop,
    int size,
    int padding,
    String paddingColour,
    int paddingMultiple,
    List<Integer> resize,
    List<Integer> shortSides,
    List<Double> jitter,
    double largestClassShare,
    List<Integer> partShortSides,
    List<Integer> partSize,
    Mosaics mosaic,
    List<Double> scale,
    List<Double> ratio,
    double horizontalFlip,
    String interpolation,
    String randAugment,
    List<Double> colourJitter,
    List<Double> photometricDistortion,
    List<Double> hsvGains,
    double randomErasing,
    DataSettings.EventTraining events) {
  private static final String NONE = "none";
  private static final String FIT = "fit";
  private static final String FIT_OR_PART = "fit-or-part";
  private static final String MOSAIC = "mosaic";

  /**
   * Chance in mosaics.
   *
   * @param probability of four images; else there is one
   * @param shift most that the centre is moved, as a share of the side
   * @param zoom most that the factor of the size differs from 1
   */
  public record Mosaics(double probability, double shift, double zoom) {}

  /** Takes copies of the lists, and refuses keys that the crop would not heed. */
  public ImageTraining {
    if (colourJitter.size() != 3 && colourJitter.size() != 4) {
      throw new IllegalArgumentException(
          Text.format(
              "data training colour-jitter: expected three or four numbers, found %s",
              colourJitter));
    }
    colourJitter = List.copyOf(colourJitter);
    photometricDistortion = distortion(photometricDistortion);
    Check.that(
        hsvGains.size() == 3,
        "data training hsv-gains: expected three numbers, found %s",
        hsvGains);
    hsvGains = List.copyOf(hsvGains);
    scale = pair("training scale", scale);
    ratio = pair("training ratio", ratio);
    resize = pair("training resize", resize);
    jitter = pair("training jitter", jitter);
    partSize = pair("training part-size", partSize);
    partShortSides = List.copyOf(partShortSides);
    shortSides = List.copyOf(shortSides);
    boolean whole = crop.equals(FIT) || crop.equals(FIT_OR_PART);
    Check.that(
        whole || paddingMultiple == 0,
        "data training padding-multiple: expected 0 for crop %s, found %d; set"
            + " data.training.crop=fit",
        crop,
        paddingMultiple);
    Check.that(
        whole || shortSides.isEmpty(),
        "data training short-sides: expected none for crop %s, found %s; set"
            + " data.training.crop=fit",
        crop,
        shortSides);
  }

  /**
   * The transform of training images.
   *
   * @param normalisation of the levels
   */
  TransformConfig toTransform(PixelNormalisation normalisation) {
    TransformConfig transform =
        new TransformConfig(
            toCrop(),
            horizontalFlip,
            normalisation,
            toAugmentation(),
            PaddingColour.of(paddingColour));
    return crop.equals(MOSAIC)
        ? transform.withMosaic(
            new Mosaic(size, mosaic.probability(), mosaic.shift(), mosaic.zoom()))
        : transform;
  }

  private Crop toCrop() {
    return switch (crop) {
      case "random-resized" ->
          new Crop.RandomResized(size, scale.get(0), scale.get(1), ratio.get(0), ratio.get(1));
      case "padded" -> new Crop.Padded(size, padding);
      case "scaled" -> scaled();
      case FIT -> whole();
      case FIT_OR_PART -> new OneOf(List.of(whole(), part()));
      // mosaics have the size already
      case MOSAIC, NONE -> new Crop.Whole(size);
      default ->
          throw new IllegalArgumentException(
              Text.format(
                  "data training crop: expected random-resized, padded, scaled, fit, fit-or-part,"
                      + " mosaic or none, found '%s'",
                  crop));
    };
  }

  private Crop scaled() {
    return new Crop.Scaled(
        new Resize.Fit(resize.get(0), resize.get(1), jitter.get(0), jitter.get(1)),
        new Window.Random(size, size, largestClassShare),
        new Padding.Size(size, size));
  }

  private Crop whole() {
    return new Crop.Scaled(fit(), new Window.Whole(), multiple(paddingMultiple));
  }

  private Crop part() {
    return new Zoomed(
        new Resize.Choice(partShortSides, resize.get(1)),
        partSize.get(0),
        partSize.get(1),
        fit(),
        multiple(paddingMultiple));
  }

  private Resize fit() {
    return shortSides.isEmpty()
        ? Resize.Fit.within(resize.get(0), resize.get(1))
        : new Resize.Choice(shortSides, resize.get(1));
  }

  /** Padding to a multiple of some pixels; none for 0. */
  static Padding multiple(int pixels) {
    return pixels == 0 ? new Padding.None() : new Padding.Multiple(pixels);
  }

  private ImageAugmentation toAugmentation() {
    double hue = colourJitter.size() == 4 ? colourJitter.get(3) : 0;
    return new ImageAugmentation(
        InterpolationChoice.of(interpolation),
        randAugment.equals(NONE) ? null : RandAugment.of(randAugment),
        new ColourJitter(colourJitter.get(0), colourJitter.get(1), colourJitter.get(2), hue),
        new PhotometricDistortion(
            photometricDistortion.get(0),
            photometricDistortion.get(1),
            photometricDistortion.get(2),
            photometricDistortion.get(3).intValue()),
        new HsvGains(hsvGains.get(0), hsvGains.get(1), hsvGains.get(2)),
        new RandomErasing(randomErasing));
  }

  private static List<Double> distortion(List<Double> values) {
    if (values.size() != 4 || values.get(3) != Math.rint(values.get(3))) {
      throw new IllegalArgumentException(
          Text.format(
              "data training photometric-distortion: expected four numbers, the last one whole,"
                  + " found %s",
              values));
    }
    return List.copyOf(values);
  }

  /** A list of two. */
  static <T> List<T> pair(String what, List<T> values) {
    if (values.size() != 2) {
      throw new IllegalArgumentException(
          Text.format("data %s: expected two numbers, found %s", what, values));
    }
    return List.copyOf(values);
  }
}
