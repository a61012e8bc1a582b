package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/**
 * The path that a residual connection goes around, between the spikes that it reads and the
 * normalised output of its last convolution. Neurons in front of it and behind it are the
 * connection's.
 */
interface Branch {
  /** Name of the neurons, or sums of spikes, that it reads: that of its first layer. */
  String reads();

  /**
   * The output as a drive still to be formed, plus a shortcut [N, H, W, C] in float32 or null.
   *
   * @param s spikes or sums of them, a workspace buffer that this call takes over
   */
  Drive forward(Pass pass, Tensor s, Tensor shortcut);

  /** Where the gradient sums of the output go, before the way back. */
  Normalisation output();

  /** From the gradient of the output in its own buffer, which is given back, to ds. */
  Tensor backward(Pass pass, Tensor dx);

  /** As {@link #backward} from the gradient of a membrane potential, which is left as it is. */
  Tensor backwardFromMembrane(Pass pass, Tensor dU);
}
