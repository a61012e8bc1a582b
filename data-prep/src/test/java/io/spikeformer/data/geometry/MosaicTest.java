package io.spikeformer.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.order.SeededRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class MosaicTest {
  private static final List<Size> SIZES =
      List.of(new Size(480, 640), new Size(640, 427), new Size(30, 20), new Size(200, 1000));

  @Test
  void fourImagesMeetAtAPointAndNeverOverlap() {
    Mosaic mosaic = new Mosaic(640, 1, 0.1, 0.5);
    for (long seed = 0; seed < 500; seed++) {
      List<Geometry> plans = mosaic.draw(SIZES, new SeededRandom(seed));
      int x = plans.get(0).scaledWidth() - plans.get(0).window().left();
      int y = plans.get(0).scaledHeight() - plans.get(0).window().top();
      assertThat(plans.get(1).window().left()).isEqualTo(-x);
      assertThat(plans.get(2).window().top()).isEqualTo(-y);
      assertThat(plans.get(3).window().left()).isEqualTo(-x);
      assertThat(plans.get(3).window().top()).isEqualTo(-y);
      for (int i = 0; i < 4; i++) {
        Geometry plan = plans.get(i);
        assertThat(plan.windowSize()).isEqualTo(new Size(640, 640));
        // of the longer side's pixels, 640 at 1 +- 0.5
        int longer = Math.max(plan.sourceHeight(), plan.sourceWidth());
        assertThat(plan.scaleX() * longer).isBetween(0.45 * 640, 1.55 * 640);
        assertThat(plan.scaleX() / plan.scaleY()).isCloseTo(1, within(0.1));
        for (int j = 0; j < i; j++) {
          assertThat(plan.content().intersection(plans.get(j).content()).area()).isZero();
        }
      }
    }
  }

  @Test
  void withoutChanceOneImageIsALetterbox() {
    Mosaic plain = new Mosaic(640, 0, 0, 0);
    SeededRandom random = new SeededRandom(3);
    assertThat(plain.images(random)).isEqualTo(1);
    for (Size size : SIZES) {
      Geometry plan = plain.draw(List.of(size), random).get(0);
      Geometry letterbox = new Letterbox(640).draw(size.height(), size.width(), random);
      assertThat(plan.scaledHeight()).isEqualTo(letterbox.scaledHeight());
      assertThat(plan.content().x()).isCloseTo(letterbox.content().x(), within(1.0));
      assertThat(plan.content().y()).isCloseTo(letterbox.content().y(), within(1.0));
    }
  }

  @Test
  void refusesImpossibleValues() {
    assertThatThrownBy(() -> new Mosaic(0, 1, 0, 0))
        .hasMessage("mosaic: expected 1 to 16384 pixels a side, found 0 x 0");
    assertThatThrownBy(() -> new Mosaic(64, 1.5, 0, 0))
        .hasMessage("mosaic: expected a probability of 0 to 1, found 1.5");
    assertThatThrownBy(() -> new Mosaic(64, 1, 0.1, 1))
        .hasMessage(
            "mosaic: expected a shift of 0 to 1 and a zoom of 0 to below 1, found 0.1 and 1.0");
  }
}
