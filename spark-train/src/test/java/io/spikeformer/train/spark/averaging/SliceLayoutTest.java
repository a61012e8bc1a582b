package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceLayoutTest {
  /** The number of slices of a vector is a multiple of the workers, unless it is very short. */
  @ParameterizedTest
  @CsvSource({
    "15100000, 1, 15",
    "15100000, 2, 16",
    "15100000, 4, 16",
    "15100000, 8, 16",
    "55400000, 8, 56",
    "55400000, 512, 511",
    "2000, 2, 2",
    "2000, 64, 2",
    "1, 4, 1"
  })
  void sharesAVectorOutEvenly(int vector, int workers, int slices) {
    SliceLayout layout = SliceLayout.of(vector, workers);
    assertThat(layout.count(vector)).isEqualTo(slices);
    assertThat(layout.length()).isBetween(1, SliceLayout.LONGEST);
  }

  @Test
  void slicesFollowEachOtherUpToTheEnd() {
    SliceLayout layout = new SliceLayout(1024);
    assertThat(layout.count(2100)).isEqualTo(3);
    assertThat(layout.from(2)).isEqualTo(2048);
    assertThat(layout.length(0, 2100)).isEqualTo(1024);
    assertThat(layout.length(2, 2100)).isEqualTo(52);
    assertThat(layout.length(3, 2100)).isZero();
    assertThat(layout.count(0)).isEqualTo(1);
    assertThat(layout.length(0, 0)).isZero();
    assertThat(new SliceLayout(1 << 20).length(2048, Integer.MAX_VALUE)).isZero();
  }
}
