package io.spikeformer.model.block;

import io.spikeformer.model.config.Structure;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * A map of channels, normalised: RepConv, of C channels to C, or a 1x1 convolution and BN. It
 * leaves the spikes that it reads, because q, k and v share theirs.
 */
interface Projection {
  /** Its convolutions, in a row. */
  List<Convolution> convolutions();

  /** s [N, H, W, C] -> its projection, plus a membrane shortcut or null, still to be formed. */
  Drive forward(Pass pass, Tensor s, Tensor shortcut);

  /** Where the gradient sums of the output go, before the way back. */
  Normalisation output();

  /** From the gradient of the output in its own buffer, which is given back, to ds. */
  Tensor backward(Pass pass, Tensor dx);

  /** As {@link #backward} from the gradient of a membrane potential, which is left as it is. */
  Tensor backwardFromMembrane(Pass pass, Tensor dU);

  /** The projection of a kind, without a bias; a RepConv has as many outputs as inputs. */
  static Projection of(
      Structure.ProjectionKind kind, Parameters p, String name, int inputs, int outputs) {
    return kind == Structure.ProjectionKind.REPCONV
        ? new RepConv(p, name, inputs)
        : new NormalisedConvolution(
            p,
            Convolution.dense(p, name, inputs, outputs, 1, 1),
            new BatchNorm(p, name + ".bn", outputs));
  }

  /** A 1x1 convolution with a bias, and BN. */
  static Projection linearWithBias(Parameters p, String name, int channels) {
    return new NormalisedConvolution(
        p,
        Convolution.denseWithBias(p, name, channels, channels, 1, 1),
        new BatchNorm(p, name + ".bn", channels));
  }
}
