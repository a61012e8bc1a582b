package io.spikeformer.model.block;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * Block of a ResNet, F being 3x3 convolutions, or 1x1, 3x3, 1x1.
 *
 * <pre>
 * MS-ResNet (Hu et al. 2024):   U' = U + F(SN(U))       where shapes differ  U' = BN(Conv(U)) + F(SN(U))
 * SEW-ResNet (Fang et al. 2021): S' = S + SN(F(S))      where shapes differ  S' = SN(BN(Conv(S))) + SN(F(S))
 * </pre>
 */
final class ResidualBlock extends Block {
  private final Residuals residuals;

  ResidualBlock(NeuronConfig neuron, BlockSpec.Residual spec) {
    Parameters p = parameters();
    Residuals.Step step = new Residuals.Step(spec.name() + ".conv1", branch(p, spec, neuron));
    residuals =
        !spec.projects()
            ? Residuals.of(spec.shortcut(), neuron, List.of(step))
            : projecting(p, neuron, spec, step);
  }

  private static Residuals projecting(
      Parameters p, NeuronConfig neuron, BlockSpec.Residual spec, Residuals.Step step) {
    NormalisedConvolution shortcut =
        new NormalisedConvolution(
            p,
            Convolution.dense(p, "shortcut", spec.inputs(), spec.outputs(), 1, spec.stride()),
            new BatchNorm(p, "shortcut.bn", spec.outputs()));
    if (spec.shortcut() == Shortcut.VANILLA) {
      throw new IllegalArgumentException(
          "block "
              + spec.name()
              + ": expected a membrane or SEW shortcut between shapes, found vanilla");
    }
    return spec.shortcut() == Shortcut.SEW
        ? new ProjectedSpikeResidual(neuron, step, shortcut)
        : new ProjectedMembraneResidual(neuron, step, shortcut);
  }

  private static Branch branch(Parameters p, BlockSpec.Residual spec, NeuronConfig neuron) {
    ConvolutionBranch branch = new ConvolutionBranch(p, spec.name(), neuron);
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
  Tensor run(Pass pass, Tensor u) {
    return residuals.run(pass, u);
  }

  @Override
  Tensor runBackward(Pass pass, Tensor gradient) {
    return residuals.backward(pass, gradient);
  }
}
