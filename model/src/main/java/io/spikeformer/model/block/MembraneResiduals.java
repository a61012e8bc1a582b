package io.spikeformer.model.block;

import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;

/** U' = U + F(SN(U)): membrane potentials are added, and only spikes enter a branch. */
final class MembraneResiduals implements Residuals {
  private final List<SpikingNeurons> neurons = new ArrayList<>();
  private final List<Branch> branches;

  MembraneResiduals(NeuronConfig neuron, List<Branch> branches) {
    this.branches = List.copyOf(branches);
    branches.forEach(branch -> neurons.add(SpikingNeurons.of(branch.reads(), neuron)));
  }

  @Override
  public int largestSum(int received, ObjIntConsumer<String> reads) {
    return 1;
  }

  @Override
  public Tensor run(Pass pass, Tensor u) {
    Drive drive = branches.get(0).forward(pass, neurons.get(0).fire(pass, Drive.of(u)), u);
    Tensor sum = null;
    for (int i = 1; i < branches.size(); i++) {
      // U' = U + F(SN(U)), formed while its neurons fire
      sum = pass.membrane(u.shape());
      Tensor s = neurons.get(i).fire(pass, drive, sum);
      pass.done(drive.value());
      drive = branches.get(i).forward(pass, s, sum);
    }
    // the last sum in the place of the one before
    Tensor output = sum == null ? pass.membrane(u.shape()) : sum;
    pass.kernels().affine(drive, output);
    pass.done(drive.value());
    return output;
  }

  @Override
  public Tensor backward(Pass pass, Tensor dU) {
    int last = branches.size() - 1;
    branches.get(last).output().sum(pass, dU);
    for (int i = last; i >= 0; i--) {
      Tensor ds = branches.get(i).backwardFromMembrane(pass, dU);
      Normalisation before = i == 0 ? null : branches.get(i - 1).output();
      neurons.get(i).backwardShortcut(pass, ds, dU, before); // dU is now that of the sum before
    }
    return dU;
  }
}
