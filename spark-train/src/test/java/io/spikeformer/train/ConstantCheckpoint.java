package io.spikeformer.train;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.EpochTotals;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.NetworkConfig;
import java.util.Arrays;
import java.util.List;

/** Checkpoints of a small model whose values are all the same. */
public final class ConstantCheckpoint {
  private ConstantCheckpoint() {}

  /** With one vector of moments, which are zero. */
  public static Checkpoint of(int epoch, float value) {
    NetworkConfig config = SmallSplit.recipe().model().toConfig();
    float[] state = new float[(int) ParameterLayout.of(config).length()];
    Arrays.fill(state, value);
    return new Checkpoint(
        config,
        new TrainingPosition(epoch, 0, epoch, EpochTotals.EMPTY),
        "",
        "",
        List.of(),
        state,
        List.of(new float[state.length]));
  }
}
