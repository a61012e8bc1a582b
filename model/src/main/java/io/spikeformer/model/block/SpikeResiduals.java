package io.spikeformer.model.block;

import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * S' = S + SN(F(S)): spike-element-wise addition (Fang et al. 2021, Eq. 6 with g = ADD; Spikformer,
 * Eq. 8-9).
 *
 * <p>S are sums of spikes: integers from 0 to one more than the number of branches since the last
 * neurons, exact in bfloat16 up to 256, but no bits.
 */
final class SpikeResiduals implements Residuals {
  private final List<Step> steps;
  private final List<SpikingNeurons> neurons = new ArrayList<>();

  SpikeResiduals(NeuronConfig neuron, List<Step> steps) {
    this.steps = List.copyOf(steps);
    steps.forEach(step -> neurons.add(SpikingNeurons.unnamed(neuron)));
  }

  @Override
  public Tensor run(Pass pass, Tensor u) {
    Tensor sum = u;
    for (int i = 0; i < steps.size(); i++) {
      SpikeSums.count(pass, steps.get(i).layer(), sum);
      Drive drive = steps.get(i).branch().forward(pass, SpikeSums.factor(pass, sum), null);
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
    for (int i = steps.size() - 1; i >= 0; i--) {
      Branch branch = steps.get(i).branch();
      Tensor dx = neurons.get(i).backwardFrom(pass, dSum, branch.output());
      Tensor ds = branch.backward(pass, dx);
      pass.kernels().add(dSum, ds, dSum);
      pass.give(ds);
    }
    return dSum;
  }
}
