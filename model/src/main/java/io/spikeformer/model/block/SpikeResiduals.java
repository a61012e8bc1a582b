package io.spikeformer.model.block;

import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * S' = S + SN(F(S)): spike-element-wise addition (Fang et al. 2021, Eq. 6 with g = ADD; Spikformer,
 * Eq. 8-9).
 *
 * <p>S are sums of spikes: integers from 0 to one more than the number of branches since the last
 * neurons, exact in bfloat16 up to 256, but no bits.
 */
final class SpikeResiduals implements Residuals {
  private final List<Branch> branches;
  private final List<SpikingNeurons> neurons = new ArrayList<>();

  SpikeResiduals(NeuronConfig neuron, List<Branch> branches) {
    this.branches = List.copyOf(branches);
    branches.forEach(branch -> neurons.add(SpikingNeurons.unnamed(neuron)));
  }

  @Override
  public int largestSum(int received, ObjIntConsumer<String> reads) {
    int sum = received;
    for (Branch branch : branches) {
      reads.accept(branch.reads(), sum);
      sum++;
    }
    return sum;
  }

  @Override
  public Tensor run(Pass pass, Tensor u) {
    Tensor sum = u;
    for (int i = 0; i < branches.size(); i++) {
      SpikeSums.count(pass, branches.get(i).reads(), sum);
      Drive drive = branches.get(i).forward(pass, SpikeSums.factor(pass, sum), null);
      Tensor s = neurons.get(i).fire(pass, drive);
      pass.done(drive.value());
      Tensor next = sum == u ? pass.membrane(u.shape()) : sum;
      pass.kernels().add(sum, s, next);
      pass.give(s);
      sum = next;
    }
    return sum;
  }

  @Override
  public Tensor backward(Pass pass, Tensor dSum) {
    for (int i = branches.size() - 1; i >= 0; i--) {
      Branch branch = branches.get(i);
      Tensor dx = neurons.get(i).backwardFrom(pass, dSum, branch.output());
      Tensor ds = branch.backward(pass, dx);
      pass.kernels().add(dSum, ds, dSum);
      pass.give(ds);
    }
    return dSum;
  }
}
