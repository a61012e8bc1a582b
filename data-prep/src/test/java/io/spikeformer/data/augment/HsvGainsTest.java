package io.spikeformer.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.TestImages;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import org.junit.jupiter.api.Test;

class HsvGainsTest {
  @Test
  void factorsChangeHueSaturationAndValue() {
    // pure green: hue 60 of 180 steps, saturation 255, value 200
    assertThat(changed(0, 200, 0, 1, 1, 0.5)).containsExactly(0, 100, 0);
    assertThat(changed(0, 200, 0, 1, 0.5, 1)).containsExactly(100, 200, 100);
    assertThat(changed(0, 200, 0, 2, 1, 1)).as("blue").containsExactly(0, 0, 200);
    assertThat(changed(0, 200, 0, 1, 1, 2)).as("cut").containsExactly(0, 255, 0);
    assertThat(changed(114, 114, 114, 1.5, 1.7, 1)).as("grey").containsExactly(114, 114, 114);
  }

  @Test
  void theSameSeedGivesTheSameImage() {
    HsvGains gains = new HsvGains(0.015, 0.7, 0.4);
    RgbImage image = TestImages.drawn(20, 30, 1);

    assertThat(gains.apply(image, new SeededRandom(4)).pixels())
        .isEqualTo(gains.apply(image, new SeededRandom(4)).pixels())
        .isNotEqualTo(gains.apply(image, new SeededRandom(5)).pixels());
    assertThat(HsvGains.NONE.isOff()).isTrue();
    assertThat(gains.isOff()).isFalse();
  }

  @Test
  void impossibleValuesAreRefused() {
    assertThatThrownBy(() -> new HsvGains(0, 1.5, 0))
        .hasMessage(
            "hsv gains: expected hue, saturation and value in [0, 1], found 0.0, 1.5 and 0.0");
    assertThatThrownBy(
            () ->
                new ImageAugmentation(
                    InterpolationChoice.BICUBIC,
                    null,
                    new ColourJitter(0.1, 0, 0, 0),
                    PhotometricDistortion.NONE,
                    new HsvGains(0.1, 0, 0),
                    RandomErasing.NONE))
        .hasMessageContaining("expected nothing else that changes levels beside hsv-gains");
  }

  private static int[] changed(
      int red, int green, int blue, double hues, double saturations, double values) {
    RgbImage one = new RgbImage(1, 1, new byte[] {(byte) red, (byte) green, (byte) blue});
    RgbImage changed = HsvGains.changed(one, hues, saturations, values);
    return new int[] {changed.value(0, 0, 0), changed.value(0, 0, 1), changed.value(0, 0, 2)};
  }
}
