package io.spikeformer.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.RgbImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImageTransformTest {
  private static final PixelNormalisation LEVELS =
      new PixelNormalisation(List.of(0.0, 0.0, 0.0), List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));

  @Test
  void normalisesAsTorchvision() {
    RgbImage image = TestImages.drawn(4, 4, 1);
    float[] out =
        apply(TransformConfig.evaluation(new Crop.Whole(4), PixelNormalisation.CIFAR10), image, 0);

    double red = (image.value(1, 2, 0) / 255.0 - 0.4914) / 0.2470;
    double blue = (image.value(3, 0, 2) / 255.0 - 0.4465) / 0.2616;
    assertThat(out[(1 * 4 + 2) * 3]).isCloseTo((float) red, within(1e-6f));
    assertThat(out[(3 * 4) * 3 + 2]).isCloseTo((float) blue, within(1e-6f));
  }

  @Test
  void writesAtTheOffsetOnly() {
    ImageTransform transform =
        new ImageTransform(TransformConfig.evaluation(new Crop.Whole(2), LEVELS));
    float[] out = new float[14];
    out[0] = -1;
    out[13] = -1;
    transform.apply(TestImages.drawn(2, 2, 1), "k", 0, out, 1);

    assertThat(out[0]).isEqualTo(-1);
    assertThat(out[13]).isEqualTo(-1);
  }

  @Test
  void padsWithBlackPixelsAndReachesEveryPlace() {
    RgbImage image = filled(8, 8);
    TransformConfig config = new TransformConfig(new Crop.Padded(8, 4), 0, LEVELS);
    Set<List<Integer>> places = new HashSet<>();

    for (long seed = 0; seed < 2000; seed++) {
      places.add(boundsOfLight(apply(config, image, seed), 8));
    }

    assertThat(places).as("9 x 9 offsets").hasSize(81);
    assertThat(places).contains(List.of(0, 7, 0, 7), List.of(4, 7, 0, 3), List.of(0, 3, 4, 7));
  }

  @Test
  void aPaddedCropIsAWindowOfThePaddedImage() {
    RgbImage image = TestImages.drawn(6, 5, 3);
    float[] out = apply(new TransformConfig(new Crop.Padded(5, 2), 0, LEVELS), image, 99);

    boolean found = false;
    for (int top = -2; top <= 3 && !found; top++) {
      for (int left = -2; left <= 2 && !found; left++) {
        found = matches(image, top, left, 5, out);
      }
    }
    assertThat(found).isTrue();
  }

  @Test
  void flipsHalfOfTheSamples() {
    RgbImage image = TestImages.drawn(4, 4, 1);
    float[] plain = apply(TransformConfig.evaluation(new Crop.Whole(4), LEVELS), image, 0);
    TransformConfig config = new TransformConfig(new Crop.Whole(4), 0.5, LEVELS);
    int flipped = 0;

    for (long seed = 0; seed < 1000; seed++) {
      float[] out = apply(config, image, seed);
      if (out[0] != plain[0]) {
        flipped++;
        assertThat(out[1 * 4 * 3]).isEqualTo(plain[(1 * 4 + 3) * 3]);
        assertThat(out[1 * 4 * 3 + 1]).isEqualTo(plain[(1 * 4 + 3) * 3 + 1]);
      }
    }
    assertThat(flipped).isBetween(420, 580);
  }

  @Test
  void evaluationTakesTheCentreOfTheResizedImage() {
    RgbImage image = TestImages.drawn(40, 61, 1);
    float[] out = apply(TransformConfig.evaluation(new Crop.Centre(14, 20), LEVELS), image, 0);

    RgbImage resized = BicubicResize.resize(image, 20, 30);
    assertThat(matches(resized, 3, 8, 14, out)).isTrue();
  }

  @Test
  void halvesOfTheCentreGoToTheEvenPixel() {
    RgbImage image = TestImages.drawn(20, 20, 1);

    // (20 - 15) / 2 = 2.5 -> 2, (20 - 13) / 2 = 3.5 -> 4
    assertThat(matches(image, 2, 2, 15, centre(image, 15))).isTrue();
    assertThat(matches(image, 4, 4, 13, centre(image, 13))).isTrue();
  }

  @Test
  void randomResizedCropsKeepToTheirRanges() {
    RgbImage image = TestImages.drawn(60, 80, 1);
    Crop.RandomResized crop = new Crop.RandomResized(8, 0.25, 0.5, 1, 1);
    Set<Float> corners = new HashSet<>();

    for (long seed = 0; seed < 200; seed++) {
      float[] out = apply(new TransformConfig(crop, 0, LEVELS), image, seed);
      // red runs from 0 to 255 over 80 columns: its span tells the width of the box
      double width = (out[7 * 3] - out[0]) / 255 * 80 * 8 / 7;
      assertThat(width).isBetween(Math.sqrt(0.25 * 4800) - 4, Math.sqrt(0.5 * 4800) + 4);
      corners.add(out[0]);
    }
    assertThat(corners).hasSizeGreaterThan(50);
  }

  @Test
  void anImpossibleRatioFallsBackToTheCentre() {
    RgbImage image = TestImages.drawn(10, 100, 1);
    Crop.RandomResized crop = new Crop.RandomResized(5, 1, 1, 0.5, 2);

    float[] out = apply(new TransformConfig(crop, 0, LEVELS), image, 7);

    RgbImage expected = BicubicResize.resize(image, new Box(0, 40, 10, 20), 5, 5);
    assertThat(matches(expected, 0, 0, 5, out)).isTrue();
  }

  @Test
  void namesTheSampleThatDoesNotFit() {
    RgbImage image = TestImages.drawn(10, 10, 1);

    assertThatThrownBy(
            () -> apply(TransformConfig.evaluation(new Crop.Whole(32), LEVELS), image, 0))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sample cat/1.jpg: expected 32 x 32 pixels, found 10 x 10; choose a crop that resizes"
                + " (data.evaluation.crop=centre)");
    assertThatThrownBy(
            () -> apply(new TransformConfig(new Crop.Padded(32, 4), 0, LEVELS), image, 0))
        .hasMessageContaining("expected a side of at least 24 pixels");
  }

  @Test
  void refusesImpossibleValues() {
    assertThatThrownBy(() -> new TransformConfig(new Crop.Whole(4), 1.5, LEVELS))
        .hasMessage("flip probability: expected 0 to 1, found 1.5");
    assertThatThrownBy(() -> new Crop.RandomResized(8, 0.9, 0.5, 1, 1))
        .hasMessageContaining("crop scale: expected 0 < min <= max <= 1");
    assertThatThrownBy(() -> new Crop.Centre(224, 200))
        .hasMessageContaining("crop short side: expected >= the size of the crop, 224, found 200");
    assertThatThrownBy(() -> new PixelNormalisation(List.of(0.0, 0.0, 0.0), List.of(1.0, 0.0, 1.0)))
        .hasMessageContaining("expected deviations above 0 and at most 1");
  }

  @Test
  void augmentationTakesTheCropAndFlipOfTheSameSeed() {
    RgbImage image = TestImages.drawn(19, 23, 1);
    ImageAugmentation invisible = // factors of 1 in single precision
        new ImageAugmentation(
            InterpolationChoice.BICUBIC, null, new ColourJitter(1e-9, 0, 0, 0), RandomErasing.NONE);
    for (Crop crop : List.of(new Crop.Padded(18, 4), Crop.RandomResized.ofSize(12))) {
      for (long seed = 0; seed < 100; seed++) {
        float[] plain = apply(new TransformConfig(crop, 0.5, LEVELS), image, seed);
        assertThat(apply(new TransformConfig(crop, 0.5, LEVELS, invisible), image, seed))
            .isEqualTo(plain);
        float[] erased = apply(new TransformConfig(crop, 0.5, LEVELS, erasing()), image, seed);
        int kept = 0;
        for (int i = 0; i < plain.length; i++) {
          kept += plain[i] == erased[i] ? 1 : 0;
        }
        assertThat(kept).isBetween(plain.length / 2, plain.length - 3);
      }
    }
  }

  @Test
  void theInterpolationOfTheCropIsThatOfTheRecipe() {
    RgbImage image = TestImages.drawn(19, 23, 1);
    Crop crop = Crop.RandomResized.ofSize(12);
    Set<List<Boolean>> drawn = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      float[] cubic = apply(interpolated(crop, InterpolationChoice.BICUBIC), image, seed);
      float[] linear = apply(interpolated(crop, InterpolationChoice.BILINEAR), image, seed);
      float[] either = apply(interpolated(crop, InterpolationChoice.RANDOM), image, seed);
      assertThat(cubic).isEqualTo(apply(new TransformConfig(crop, 0.5, LEVELS), image, seed));
      drawn.add(List.of(Arrays.equals(either, cubic), Arrays.equals(either, linear)));
    }
    assertThat(drawn).containsExactlyInAnyOrder(List.of(true, false), List.of(false, true));
  }

  private static TransformConfig interpolated(Crop crop, InterpolationChoice choice) {
    return new TransformConfig(
        crop,
        0.5,
        LEVELS,
        new ImageAugmentation(choice, null, ColourJitter.NONE, RandomErasing.NONE));
  }

  private static ImageAugmentation erasing() {
    return new ImageAugmentation(
        InterpolationChoice.BICUBIC, null, ColourJitter.NONE, new RandomErasing(1));
  }

  private static float[] centre(RgbImage image, int size) {
    return apply(TransformConfig.evaluation(new Crop.Centre(size, 20), LEVELS), image, 0);
  }

  private static float[] apply(TransformConfig config, RgbImage image, long seed) {
    ImageTransform transform = new ImageTransform(config);
    float[] out = new float[transform.length()];
    transform.apply(image, "cat/1.jpg", seed, out, 0);
    return out;
  }

  /** Whether out is the square of an image whose top left corner lies at a place. */
  private static boolean matches(RgbImage image, int top, int left, int size, float[] out) {
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int row = top + y;
        int column = left + x;
        boolean inside = row >= 0 && row < image.height() && column >= 0 && column < image.width();
        for (int c = 0; c < 3; c++) {
          float expected = inside ? image.value(row, column, c) : 0;
          if (Math.abs(out[(y * size + x) * 3 + c] - expected) > 1e-3f) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** First and last row and column that are not black. */
  private static List<Integer> boundsOfLight(float[] out, int size) {
    int[] bounds = {size, -1, size, -1};
    for (int i = 0; i < size * size; i++) {
      if (out[3 * i] > 0) {
        bounds[0] = Math.min(bounds[0], i / size);
        bounds[1] = Math.max(bounds[1], i / size);
        bounds[2] = Math.min(bounds[2], i % size);
        bounds[3] = Math.max(bounds[3], i % size);
      }
    }
    return Arrays.stream(bounds).boxed().toList();
  }

  private static RgbImage filled(int height, int width) {
    byte[] pixels = new byte[height * width * 3];
    Arrays.fill(pixels, (byte) 200);
    return new RgbImage(height, width, pixels);
  }
}
