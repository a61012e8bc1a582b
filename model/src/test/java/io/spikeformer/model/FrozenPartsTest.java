package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.config.FrozenParts.Normalisation;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.optim.Optimizer;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import io.spikeformer.model.optim.ParameterGroups;
import io.spikeformer.model.optim.ParameterGroups.DecayOn;
import io.spikeformer.model.optim.WarmUp;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrozenPartsTest {
  private static final int BATCH = 2;
  private static final int SIDE = 16;

  private static final MetaSpikeFormerConfig CLASSIFIER =
      MetaSpikeFormerConfig.builder("small")
          .widths(8, 8, 16, 16)
          .depths(1, 1)
          .stem(3, 1)
          .heads(2)
          .classes(3)
          .timesteps(2)
          .neuron(NeuronConfig.PAPER)
          .build();

  private static final MetaSpikeFormerConfig DENSE =
      CLASSIFIER.toBuilder()
          .semanticFpn(new SemanticFpn(8, 8, SemanticFpn.Fuse.MEAN, SemanticFpn.Norm.BATCH))
          .build();

  private static Images images() {
    float[] pixels = new float[BATCH * SIDE * SIDE * 3];
    Random random = new Random(3);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 2 * (float) random.nextGaussian();
    }
    return Images.of(pixels, BATCH, SIDE, SIDE, 3);
  }

  /** Half the sum of squares of the logits. */
  private static double squares(Outputs outputs) {
    float[] logits = outputs.value("logits").toArray();
    outputs.gradient("logits").put(logits);
    double sum = 0;
    for (float logit : logits) {
      sum += 0.5 * logit * logit;
    }
    return sum;
  }

  private static float[] slice(float[] values, Entry entry) {
    int from = (int) entry.offset();
    return Arrays.copyOfRange(values, from, from + (int) entry.length());
  }

  /** The state after some steps of AdamW with decay on everything. */
  private static float[] train(
      Kernels kernels, SpikeformerModel model, FrozenParts frozen, int steps) {
    model.freezeParts(frozen);
    OptimizerConfig config =
        new OptimizerConfig(
            OptimizerName.ADAMW,
            0.1,
            0.9,
            0.999,
            1e-8,
            0,
            false,
            0,
            1,
            new ParameterGroups(DecayOn.ALL, 1, 1),
            WarmUp.NONE);
    Set<String> blocks = frozen.blocks(model.config());
    try (Optimizer optimizer = new Optimizer(config, model.layout(), blocks, kernels.optimizer())) {
      for (int i = 0; i < steps; i++) {
        model.step(images(), FrozenPartsTest::squares);
        optimizer.step(model.state(), model.gradient(), 0.01);
      }
    }
    return model.state().toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "auto"})
  void frozenStagesStayBitForBitWhateverWasTrainedBefore(String choice) {
    for (NetworkConfig config : new NetworkConfig[] {CLASSIFIER, DENSE}) {
      FrozenParts two = new FrozenParts(2, Normalisation.NONE);
      try (Kernels kernels = KernelProvider.create(choice, 2);
          SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
        float[] before = train(kernels, model, FrozenParts.NONE, 2);
        float[] after = train(kernels, model, two, 3);
        float[] gradient = model.gradient().toArray();
        Set<String> blocks = two.blocks(config);
        assertThat(blocks).contains("stage1.downsample1", "stage2.conv_block2");
        assertThat(blocks).doesNotContain("stage3.downsample", "head");
        for (Entry entry : model.layout().entries()) {
          boolean frozen = blocks.contains(entry.block());
          boolean same = Arrays.equals(slice(before, entry), slice(after, entry));
          // a bias of 0 under a silent neuron stays 0
          if (frozen || entry.kind() == Kind.WEIGHT) {
            assertThat(same).as(entry.name()).isEqualTo(frozen);
          }
          if (frozen) {
            assertThat(slice(gradient, entry)).containsOnly(0);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "auto"})
  void frozenStatisticsStayAndTheRestIsTrained(String choice) {
    FrozenParts statistics = new FrozenParts(0, Normalisation.STATISTICS);
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(DENSE, kernels, 1)) {
      float[] before = train(kernels, model, FrozenParts.NONE, 2);
      float[] after = train(kernels, model, statistics, 3);
      for (Entry entry : model.layout().entries()) {
        boolean same = Arrays.equals(slice(before, entry), slice(after, entry));
        if (entry.kind() == Kind.STATISTIC || entry.name().endsWith(".weight")) {
          assertThat(same).as(entry.name()).isEqualTo(entry.kind() == Kind.STATISTIC);
        }
      }
    }
  }

  /** With both, the network computes in training what it computes in evaluation. */
  @Test
  void frozenStatisticsGiveTheLogitsOfEvaluation() {
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(CLASSIFIER, kernels, 1)) {
      train(kernels, model, FrozenParts.NONE, 2);
      model.freezeParts(new FrozenParts(1, Normalisation.STATISTICS));
      float[] expected = model.infer(images()).value("logits").toArray();
      model.step(
          images(),
          outputs -> {
            assertThat(outputs.value("logits").toArray()).isEqualTo(expected);
            return squares(outputs);
          });
    }
  }

  @Test
  void recomputationChangesNoBitAndFrozenStagesTakeLessMemory() {
    FrozenParts three = new FrozenParts(3, Normalisation.STATISTICS);
    float[] kept = stateOf(three, Recompute.NONE);
    assertThat(stateOf(three, Recompute.BLOCK)).isEqualTo(kept);
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel whole = SpikeformerModel.create(CLASSIFIER, kernels, 1);
        SpikeformerModel part = SpikeformerModel.create(CLASSIFIER, kernels, 1)) {
      train(kernels, whole, FrozenParts.NONE, 1);
      train(kernels, part, three, 1);
      assertThat(part.workspaceBytes()).isLessThan(whole.workspaceBytes() / 2);
    }
  }

  private static float[] stateOf(FrozenParts frozen, Recompute recompute) {
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel model = SpikeformerModel.create(DENSE, kernels, 1)) {
      model.recompute(recompute);
      return train(kernels, model, frozen, 3);
    }
  }
}
