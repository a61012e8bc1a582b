package io.spikeformer.eval.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AxisTest {
  @Test
  void axesHaveRoundTicks() {
    assertThat(Axis.over(0.13, 2.31, 4).ticks()).containsExactly(0.0, 1.0, 2.0, 3.0);
    assertThat(Axis.over(5, 5, 4).ticks()).isNotEmpty();
    Axis epochs = Axis.exactly(0, 7.5, 6);
    assertThat(epochs.ticks()).containsExactly(0.0, 2.0, 4.0, 6.0);
    assertThat(epochs.at(3.75, 0, 100)).isEqualTo(50);
    assertThat(Axis.over(0, 0.01, 4).label(0.0025)).isEqualTo("0.0025");
  }
}
