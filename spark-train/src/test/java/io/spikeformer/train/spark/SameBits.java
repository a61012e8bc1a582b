package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.checkpoint.Checkpoint;
import java.util.Arrays;

/** Compares trainings by the bits of their states and moments. */
final class SameBits {
  private SameBits() {}

  static void assertSameBits(Checkpoint found, Checkpoint expected) {
    assertThat(Arrays.mismatch(found.state(), expected.state())).isEqualTo(-1);
    assertThat(found.moments()).hasSameSizeAs(expected.moments());
    for (int i = 0; i < expected.moments().size(); i++) {
      assertThat(Arrays.mismatch(found.moments().get(i), expected.moments().get(i))).isEqualTo(-1);
    }
  }
}
