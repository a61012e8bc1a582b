package io.spikeformer.model.kernel;

import static io.spikeformer.model.kernel.DataType.BIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void bitsLieInLittleEndianWordsTheFirstInTheLowest() {
    try (Tensor spikes = Tensor.allocate(BIT, 9, 16)) {
      float[] values = new float[9 * 16];
      values[0] = 1;
      values[9] = 1;
      values[63] = 1;
      values[65] = 1;
      values[143] = 1;
      spikes.put(values);
      assertThat(spikes.byteSize()).isEqualTo(18);
      assertThat(spikes.bytes(0, 144).getLong(0)).isEqualTo(1L | 1L << 9 | 1L << 63);
      assertThat(spikes.bytes(0, 144).getLong(8)).isEqualTo(2L);
      assertThat(spikes.bytes(128, 16).getShort(0)).isEqualTo((short) (1 << 15));
      assertThat(spikes.toArray()).isEqualTo(values);
      assertThat(spikes.get(65)).isEqualTo(1);
      assertThat(spikes.get(66)).isZero();
      assertThat(spikes.slice(8, 8).get(1)).isEqualTo(1);
    }
  }

  @Test
  void writingBitsLeavesTheirNeighboursAlone() {
    try (Tensor spikes = Tensor.allocate(BIT, 4, 8)) {
      float[] ones = new float[32];
      Arrays.fill(ones, -0.5f);
      spikes.put(ones);
      spikes.slice(8, 8).put(new float[] {0, 0.1f, Float.NaN, -0f});
      float[] expected = new float[32];
      Arrays.fill(expected, 1);
      expected[8] = 0;
      expected[11] = 0;
      assertThat(spikes.toArray()).isEqualTo(expected);
    }
  }

  @Test
  void bitsNeedChannelsThatFillWholeBytes() {
    assertThatThrownBy(() -> Tensor.allocate(BIT, 8, 12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bits: expected channels that are a multiple of 8, found [8, 12]");
  }
}
