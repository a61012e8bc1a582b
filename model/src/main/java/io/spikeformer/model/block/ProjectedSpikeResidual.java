package io.spikeformer.model.block;

import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.function.ObjIntConsumer;

/** S' = SN(BN(Conv(S))) + SN(F(S)): between shapes, SEW-ResNet adds the spikes of two branches. */
final class ProjectedSpikeResidual implements Residuals {
  private final SpikingNeurons shortcutNeurons;
  private final SpikingNeurons neurons;
  private final Branch branch;
  private final NormalisedConvolution shortcut;

  ProjectedSpikeResidual(NeuronConfig neuron, Branch branch, NormalisedConvolution shortcut) {
    this.shortcutNeurons = SpikingNeurons.unnamed(neuron);
    this.neurons = SpikingNeurons.unnamed(neuron);
    this.branch = branch;
    this.shortcut = shortcut;
  }

  @Override
  public int largestSum(int received, ObjIntConsumer<String> reads) {
    reads.accept(branch.reads(), received);
    return 2; // a spike of the shortcut's own neurons and one of the branch
  }

  @Override
  public Tensor run(Pass pass, Tensor u) {
    SpikeSums.count(pass, branch.reads(), u);
    Tensor x = SpikeSums.factor(pass, u);
    Drive projected = shortcut.forward(pass, x);
    Tensor sShortcut = shortcutNeurons.fire(pass, projected);
    pass.done(projected.value());
    Drive drive = branch.forward(pass, x, null); // x is the branch's from here
    Tensor s = neurons.fire(pass, drive);
    pass.done(drive.value());
    Tensor sum = pass.membrane(s.shape());
    pass.kernels().add(sShortcut, s, sum);
    pass.give(sShortcut);
    pass.give(s);
    return sum;
  }

  @Override
  public Tensor backward(Pass pass, Tensor dSum) {
    Tensor dProjected = shortcutNeurons.backwardFrom(pass, dSum, shortcut.output());
    Tensor dFirst = shortcut.backward(pass, dProjected);
    Tensor dx = neurons.backwardFrom(pass, dSum, branch.output());
    pass.give(dSum);
    Tensor dSecond = branch.backward(pass, dx);
    Tensor dS = pass.membrane(dFirst.shape());
    pass.kernels().add(dFirst, dSecond, dS);
    pass.give(dFirst);
    pass.give(dSecond);
    return dS;
  }
}
