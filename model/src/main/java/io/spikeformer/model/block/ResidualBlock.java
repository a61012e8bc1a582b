package io.spikeformer.model.block;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Shortcut;
import java.util.List;

/**
 * Block of a ResNet, F being 3x3 convolutions, or 1x1, 3x3, 1x1.
 *
 * <pre>
 * MS-ResNet (Hu et al. 2024):   U' = U + F(SN(U))       where shapes differ  U' = BN(Conv(U)) + F(SN(U))
 * SEW-ResNet (Fang et al. 2021): S' = S + SN(F(S))      where shapes differ  S' = SN(BN(Conv(S))) + SN(F(S))
 * </pre>
 */
final class ResidualBlock extends ShortcutBlock {
  private final Residuals residuals;

  ResidualBlock(NeuronConfig neuron, BlockSpec.Residual spec) {
    super(spec.name());
    Branch branch = branch(spec, neuron);
    residuals =
        !spec.projects()
            ? Residuals.of(spec.shortcut(), neuron, List.of(branch))
            : projecting(spec, neuron, branch);
  }

  private Residuals projecting(BlockSpec.Residual spec, NeuronConfig neuron, Branch branch) {
    Parameters p = parameters();
    Convolution convolution =
        Convolution.dense(p, "shortcut", spec.inputs(), spec.outputs(), 1, spec.stride());
    NormalisedConvolution shortcut =
        new NormalisedConvolution(p, convolution, new BatchNorm(p, "shortcut.bn", spec.outputs()));
    // between shapes, MS-ResNet convolves membrane potentials as they are
    boolean real = spec.shortcut() == Shortcut.MEMBRANE;
    OutputMap map = OutputMap.SAME.behind(convolution);
    declare()
        .addFirst(
            CountedLayer.of(declare().name("shortcut"), map, List.of(convolution))
                .called("pointwise convolution of the shortcut")
                .reading(real ? null : branch.reads()));
    if (spec.shortcut() == Shortcut.VANILLA) {
      throw new IllegalArgumentException(
          Text.format(
              "block %s: expected a membrane or SEW shortcut between shapes, found vanilla",
              spec.name()));
    }
    return spec.shortcut() == Shortcut.SEW
        ? new ProjectedSpikeResidual(neuron, branch, shortcut)
        : new ProjectedMembraneResidual(neuron, branch, shortcut);
  }

  private Branch branch(BlockSpec.Residual spec, NeuronConfig neuron) {
    ConvolutionBranch branch = new ConvolutionBranch(parameters(), declare(), neuron);
    int outputs = spec.outputs();
    return switch (spec.form()) {
      case SINGLE -> branch.then("conv1", spec.inputs(), outputs, 3, spec.stride());
      case BASIC ->
          branch
              .then("conv1", spec.inputs(), outputs, 3, spec.stride())
              .then("conv2", outputs, outputs, 3, 1);
      case BOTTLENECK -> {
        int inner = outputs / 4;
        yield branch
            .then("conv1", spec.inputs(), inner, 1, 1)
            .then("conv2", inner, inner, 3, spec.stride())
            .then("conv3", inner, outputs, 1, 1);
      }
    };
  }

  @Override
  Residuals residuals() {
    return residuals;
  }
}
