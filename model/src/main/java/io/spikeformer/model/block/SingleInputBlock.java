package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/** A block that reads one map. */
abstract class SingleInputBlock extends Block {
  SingleInputBlock(String name) {
    super(name);
  }

  @Override
  final Tensor run(Pass pass, Tensor[] read) {
    return run(pass, read[0]);
  }

  @Override
  final List<Tensor> runBackward(Pass pass, Tensor gradient) {
    Tensor dInput = backwardInput(pass, gradient);
    return dInput == null ? List.of() : List.of(dInput);
  }

  abstract Tensor run(Pass pass, Tensor u);

  /** From the gradient of the output, which it takes over, to that of the input, null for data. */
  abstract Tensor backwardInput(Pass pass, Tensor gradient);
}
