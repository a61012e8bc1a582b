package io.spikeformer.model.block;

import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.function.ObjIntConsumer;

/** U' = BN(Conv(U)) + F(SN(U)): between shapes, MS-ResNet convolves the membrane potentials. */
final class ProjectedMembraneResidual implements Residuals {
  private final SpikingNeurons neurons;
  private final Branch branch;
  private final NormalisedConvolution shortcut;

  ProjectedMembraneResidual(NeuronConfig neuron, Branch branch, NormalisedConvolution shortcut) {
    this.neurons = SpikingNeurons.of(branch.reads(), neuron);
    this.branch = branch;
    this.shortcut = shortcut;
  }

  @Override
  public int largestSum(int received, ObjIntConsumer<String> reads) {
    return 1;
  }

  @Override
  public Tensor run(Pass pass, Tensor u) {
    Tensor x = SpikeSums.factor(pass, u);
    Drive projected = shortcut.forward(pass, x);
    pass.done(x);
    Tensor sum = pass.membrane(projected.value().shape());
    pass.kernels().affine(projected, sum);
    pass.done(projected.value());
    Drive drive = branch.forward(pass, neurons.fire(pass, Drive.of(u)), sum);
    pass.kernels().affine(drive, sum);
    pass.done(drive.value());
    return sum;
  }

  @Override
  public Tensor backward(Pass pass, Tensor dSum) {
    shortcut.output().sum(pass, dSum);
    Tensor dx = shortcut.backwardFromMembrane(pass, dSum);
    branch.output().sum(pass, dSum);
    Tensor ds = branch.backwardFromMembrane(pass, dSum);
    pass.give(dSum);
    Tensor dU = neurons.backwardMembrane(pass, ds);
    pass.kernels().add(dU, dx, dU);
    pass.give(dx);
    return dU;
  }
}
