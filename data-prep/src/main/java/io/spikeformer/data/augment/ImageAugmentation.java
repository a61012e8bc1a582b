package io.spikeformer.data.augment;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/**
 * The changes of a training image besides crop and flip, in this order: RandAugment or colour
 * jitter or photometric distortion or factors in HSV on the cropped and flipped image, random
 * erasing once it is normalised.
 *
 * @param interpolation of the random-resized crop and of RandAugment's geometric operations
 * @param randAugment or null for none
 * @param colourJitter {@link ColourJitter#NONE} beside RandAugment, which changes colours itself
 * @param photometric {@link PhotometricDistortion#NONE} beside one of these two
 * @param hsv {@link HsvGains#NONE} beside one of these three
 * @param erasing random erasing
 */
public record ImageAugmentation(
    InterpolationChoice interpolation,
    RandAugment randAugment,
    ColourJitter colourJitter,
    PhotometricDistortion photometric,
    HsvGains hsv,
    RandomErasing erasing)
    implements Serializable {
  /** Nothing. */
  public static final ImageAugmentation NONE =
      new ImageAugmentation(
          InterpolationChoice.BICUBIC, null, ColourJitter.NONE, RandomErasing.NONE);

  /** Without factors in HSV. */
  public ImageAugmentation(
      InterpolationChoice interpolation,
      RandAugment randAugment,
      ColourJitter colourJitter,
      PhotometricDistortion photometric,
      RandomErasing erasing) {
    this(interpolation, randAugment, colourJitter, photometric, HsvGains.NONE, erasing);
  }

  /** Without photometric distortion. */
  public ImageAugmentation(
      InterpolationChoice interpolation,
      RandAugment randAugment,
      ColourJitter colourJitter,
      RandomErasing erasing) {
    this(interpolation, randAugment, colourJitter, PhotometricDistortion.NONE, erasing);
  }

  /** Checks that the parts go together. */
  public ImageAugmentation {
    Objects.requireNonNull(interpolation, "interpolation");
    Objects.requireNonNull(erasing, "erasing");
    if (randAugment != null && !colourJitter.isOff()) {
      throw new IllegalArgumentException(
          "augmentation: expected rand-augment or colour-jitter, found both; set rand-augment to"
              + " none or colour-jitter to [0, 0, 0, 0]");
    }
    if (!photometric.isOff() && (randAugment != null || !colourJitter.isOff())) {
      throw new IllegalArgumentException(
          "augmentation: expected nothing else that changes levels beside photometric-distortion,"
              + " found rand-augment or colour-jitter; set rand-augment to none and colour-jitter"
              + " to [0, 0, 0, 0]");
    }
    boolean others = randAugment != null || !colourJitter.isOff() || !photometric.isOff();
    if (!hsv.isOff() && others) {
      throw new IllegalArgumentException(
          "augmentation: expected nothing else that changes levels beside hsv-gains, found"
              + " rand-augment, colour-jitter or photometric-distortion; set rand-augment to none"
              + " and the others to [0, 0, 0, 0]");
    }
  }

  /** RandAugment, if there is any. */
  public Optional<RandAugment> operations() {
    return Optional.ofNullable(randAugment);
  }

  /** Whether grey levels are changed before the normalisation. */
  public boolean changesLevels() {
    return randAugment != null || !colourJitter.isOff() || !photometric.isOff() || !hsv.isOff();
  }
}
