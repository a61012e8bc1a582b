package io.spikeformer.model.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.BaselineConfig;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.BlockKind;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A block that computes its forward pass again gives the bits of one that kept everything. */
class RecomputeTest {
  private static final int BATCH = 2;
  private static final int SIDE = 6;
  private static final int STEPS = 2;

  /** What two training steps of a block leave behind, and what it held between the passes. */
  private record Outcome(
      float[] output, float[] dInput, float[] state, float[] gradient, int heldBetweenPasses) {}

  @ParameterizedTest
  @CsvSource({
    "reference, FLOAT32, 1",
    "reference, BFLOAT16, 4",
    "auto, FLOAT32, 4",
    "auto, BFLOAT16, 1",
    "auto, BFLOAT16, 4"
  })
  void recomputingChangesNoBit(String kernels, Precision precision, int timesteps) {
    for (AttentionOperator attention :
        List.of(AttentionOperator.SDSA_1, AttentionOperator.SDSA_4)) {
      MetaSpikeFormerConfig config =
          MetaSpikeFormerConfig.builder("small")
              .widths(16, 16, 16, 16)
              .depths(1, 0)
              .stem(3, 1)
              .heads(2)
              .classes(5)
              .timesteps(timesteps)
              .attention(attention)
              .precision(precision)
              .neuron(NeuronConfig.PAPER)
              .build();
      boolean first = attention == AttentionOperator.SDSA_1;
      for (BlockSpec spec : config.blocks()) {
        if (first || spec.kind() == BlockKind.TRANSFORMER) {
          assertSameBits(kernels, config, spec);
        }
      }
    }
  }

  private static void assertSameBits(String choice, MetaSpikeFormerConfig config, BlockSpec spec) {
    try (Kernels kernels = KernelProvider.create(choice, 2)) {
      Outcome kept = train(kernels, config, spec, Recompute.NONE);
      Outcome again = train(kernels, config, spec, Recompute.BLOCK);
      String name = spec.name() + " " + config.attention();
      assertThat(again.output()).as("output of %s", name).isEqualTo(kept.output());
      assertThat(again.gradient()).as("gradients of %s", name).isEqualTo(kept.gradient());
      assertThat(again.dInput()).as("gradient of the input of %s", name).isEqualTo(kept.dInput());
      assertThat(again.state()).as("statistics of %s", name).isEqualTo(kept.state());
      assertThat(again.heldBetweenPasses()).as("buffers of %s", name).isEqualTo(1);
      assertThat(kept.heldBetweenPasses()).as("buffers of %s", name).isGreaterThan(1);
    }
  }

  @Test
  void aBlockThatKeepsNothingGivesBackWhatItHasReadBeforeItEnds() {
    MetaSpikeFormerConfig plain =
        MetaSpikeFormerConfig.builder("small")
            .widths(16, 16, 16, 16)
            .depths(1, 0)
            .stem(3, 1)
            .heads(2)
            .build();
    List<NetworkConfig> configs = new ArrayList<>();
    for (AttentionOperator attention : AttentionOperator.values()) {
      configs.add(plain.toBuilder().attention(attention).build());
    }
    configs.add(BaselineConfig.of("SSA", BaselineConfig.Family.SPIKFORMER, 16, 1));
    for (NetworkConfig config : configs) {
      // the head's few numbers stay until its block ends
      List<BlockSpec> blocks = config.blocks().subList(0, config.blocks().size() - 1);
      for (BlockSpec spec : blocks) {
        for (Pass.Mode mode : List.of(Pass.Mode.EVALUATION, Pass.Mode.SPARING_TRAINING)) {
          assertThat(heldAtTheEnd(config, spec, mode))
              .as("buffers of %s of %s, %s", spec.name(), config, mode)
              .isEqualTo(1);
        }
      }
    }
  }

  /** Buffers in use when a block has run, before it releases what is left. */
  private static int heldAtTheEnd(NetworkConfig config, BlockSpec spec, Pass.Mode mode) {
    Block block = Block.of(config, spec);
    long[] shape = {(long) config.timesteps() * BATCH, SIDE, SIDE, spec.inputs()};
    try (Kernels kernels = KernelProvider.create("reference", 1);
        Workspace workspace = new Workspace();
        Tensor state = Tensor.allocate(DataType.FLOAT32, block.parameters().length());
        Tensor input = Tensor.of(noise(new Random(5), shape), shape)) {
      block.parameters().bindState(state);
      block.parameters().all().forEach(p -> p.value().put(p.initial(3)));
      block.run(
          new Pass(kernels, workspace, config.timesteps(), config.precision(), mode, null),
          new Tensor[] {input});
      return workspace.inUse();
    }
  }

  private static Outcome train(
      Kernels kernels, MetaSpikeFormerConfig config, BlockSpec spec, Recompute recompute) {
    Random random = new Random(5);
    Block block = Block.of(config, spec);
    Parameters parameters = block.parameters();
    try (Workspace workspace = new Workspace();
        Tensor state = Tensor.allocate(DataType.FLOAT32, parameters.length());
        Tensor gradient = Tensor.allocate(DataType.FLOAT32, parameters.length());
        Tensor input = Tensor.of(noise(random, input(config, spec)), input(config, spec))) {
      parameters.bindState(state);
      parameters.bindGradient(gradient);
      gradient.zero();
      parameters.all().forEach(parameter -> parameter.value().put(parameter.initial(3)));
      Pass pass =
          new Pass(
              kernels,
              workspace,
              config.timesteps(),
              config.precision(),
              Pass.Mode.training(recompute),
              null);
      List<float[]> outputs = new ArrayList<>();
      float[] dInput = null;
      int held = 0;
      for (int step = 0; step < STEPS; step++) {
        Tensor output = block.forward(pass, input);
        outputs.add(output.toArray());
        held = workspace.inUse();
        Tensor dOutput = workspace.take(DataType.FLOAT32, output.shape());
        dOutput.put(noise(random, output.shape()));
        for (Tensor result : block.backward(pass, dOutput)) {
          dInput = result.toArray();
          workspace.give(result);
        }
      }
      assertThat(workspace.inUse()).as("buffers after %s", spec.name()).isZero();
      return new Outcome(outputs.get(STEPS - 1), dInput, state.toArray(), gradient.toArray(), held);
    }
  }

  private static long[] input(MetaSpikeFormerConfig config, BlockSpec spec) {
    return new long[] {(long) config.timesteps() * BATCH, SIDE, SIDE, spec.inputs()};
  }

  private static float[] noise(Random random, long... shape) {
    int length = 1;
    for (long size : shape) {
      length *= (int) size;
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = 1 + (float) random.nextGaussian();
    }
    return values;
  }
}
