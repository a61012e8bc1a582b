package io.spikeformer.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.geometry.Size;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final float[] NO_LOGITS = {};

  @Test
  void imagesFillABatchUnlessTheyHaveSizesOfTheirOwn() {
    Batch filled =
        new Batch(new float[2 * 4 * 5 * 3], Targets.NONE, List.of("a", "b"), 2, 1, 4, 5, 3);
    assertThat(filled.sizes()).containsExactly(new Size(4, 5), new Size(4, 5));
    assertThat(filled.size()).isEqualTo(2);

    Batch padded = padded(List.of(new Size(4, 2), new Size(1, 5)));
    assertThat(padded.size()).isEqualTo(2);
    assertThat(padded.height()).isEqualTo(4);
  }

  @Test
  void wrongSizesAreRefused() {
    assertThatThrownBy(() -> padded(List.of(new Size(4, 2), new Size(5, 1))))
        .hasMessage("batch of 4 x 5 pixels: expected no larger images, found 5 x 1");
    assertThatThrownBy(() -> padded(List.of(new Size(4, 5))))
        .hasMessage("batch of 1 samples of 1 x 4 x 5 x 3: found 2 keys, 120 values");
    assertThatThrownBy(() -> new Size(0, 3))
        .hasMessage("size: expected >= 1 x 1 pixels, found 0 x 3");
  }

  private static Batch padded(List<Size> sizes) {
    float[] pixels = new float[2 * 4 * 5 * 3];
    return new Batch(pixels, Targets.NONE, List.of("a", "b"), sizes, 1, 4, 5, 3, NO_LOGITS);
  }
}
