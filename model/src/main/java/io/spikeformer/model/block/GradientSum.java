package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of layers that run several times in a pass: each way back overwrites them, and
 * their sum over the calls is wanted.
 */
final class GradientSum {
  private final Pass pass;
  private final List<Parameter> parameters;
  private final List<Tensor> sums = new ArrayList<>();

  /** A sum for the trained ones of these parameters. */
  GradientSum(Pass pass, List<Parameter> parameters) {
    this.pass = pass;
    this.parameters = parameters.stream().filter(p -> p.kind().trainable()).toList();
  }

  /** Adds what the last call has left in the gradients. */
  void add() {
    for (int i = 0; i < parameters.size(); i++) {
      Tensor gradient = parameters.get(i).gradient();
      if (sums.size() == i) {
        sums.add(pass.membrane(gradient.shape()));
        pass.kernels().affine(Drive.of(gradient), sums.get(i));
      } else {
        pass.kernels().add(sums.get(i), gradient, sums.get(i));
      }
    }
  }

  /** Leaves the sums in the gradients. */
  void finish() {
    for (int i = 0; i < sums.size(); i++) {
      pass.kernels().affine(Drive.of(sums.get(i)), parameters.get(i).gradient());
      pass.give(sums.get(i));
    }
  }
}
