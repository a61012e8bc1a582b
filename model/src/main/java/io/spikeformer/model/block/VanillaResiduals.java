package io.spikeformer.model.block;

import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * S' = SN(F(S) + S): a spike is added to the membrane potential in front of the last neurons, as an
 * ordinary ResNet adds in front of its activation (Zheng et al. 2021, Spiking ResNet).
 */
final class VanillaResiduals implements Residuals {
  private final List<Branch> branches;
  private final List<SpikingNeurons> neurons = new ArrayList<>();

  VanillaResiduals(NeuronConfig neuron, List<Branch> branches) {
    this.branches = List.copyOf(branches);
    branches.forEach(branch -> neurons.add(SpikingNeurons.unnamed(neuron)));
  }

  @Override
  public int largestSum(int received, ObjIntConsumer<String> reads) {
    int sum = received;
    for (Branch branch : branches) {
      reads.accept(branch.reads(), sum);
      sum = 1;
    }
    return sum;
  }

  @Override
  public Tensor run(Pass pass, Tensor u) {
    Tensor s = u;
    for (int i = 0; i < branches.size(); i++) {
      SpikeSums.count(pass, branches.get(i).reads(), s);
      Tensor bits = pass.spikes(u.shape());
      pass.kernels().affine(Drive.of(s), bits);
      Drive drive = branches.get(i).forward(pass, bits, s);
      Tensor next = pass.membrane(u.shape());
      neurons.get(i).fireInto(pass, drive, next);
      pass.done(drive.value());
      if (s != u) {
        pass.done(s);
      }
      s = next;
    }
    return s;
  }

  @Override
  public Tensor backward(Pass pass, Tensor dSpikes) {
    for (int i = branches.size() - 1; i >= 0; i--) {
      Branch branch = branches.get(i);
      neurons.get(i).backward(pass, dSpikes, branch.output()); // now that of F(S) + S
      Tensor ds = branch.backwardFromMembrane(pass, dSpikes);
      pass.kernels().add(dSpikes, ds, dSpikes);
      pass.give(ds);
    }
    return dSpikes;
  }
}
