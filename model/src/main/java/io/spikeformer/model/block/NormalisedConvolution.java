package io.spikeformer.model.block;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.Map;

/**
 * A convolution and the batch normalisation behind it.
 *
 * <p>In the inference form the two are one convolution: the weights of each output times its scale,
 * and its shift as bias.
 */
final class NormalisedConvolution implements Projection {
  private final Convolution convolution;
  private final Normalisation norm;
  private Kernels keeper;
  // the inference form, or null
  private Tensor foldedWeight;
  private Tensor foldedBias;

  NormalisedConvolution(Parameters p, Convolution convolution, Normalisation norm) {
    this.convolution = convolution;
    this.norm = norm;
    p.add(this);
  }

  @Override
  public List<Convolution> convolutions() {
    return List.of(convolution);
  }

  /** BN(Conv(x)) as a drive still to be formed. */
  Drive forward(Pass pass, Tensor x) {
    return forward(pass, x, null);
  }

  /** BN(Conv(x)) plus a membrane shortcut or null, as a drive still to be formed. */
  @Override
  public Drive forward(Pass pass, Tensor x, Tensor shortcut) {
    if (foldedWeight != null && !pass.training()) {
      return new Drive(
          convolution.forward(pass, x, foldedWeight, foldedBias), null, null, shortcut);
    }
    return norm.normalise(pass, convolution.forward(pass, x), shortcut);
  }

  /** Where the gradient sums of the output go, before the way back. */
  @Override
  public Normalisation output() {
    return norm;
  }

  /** From the gradient of the output in its own buffer, which is given back, to dx. */
  @Override
  public Tensor backward(Pass pass, Tensor dOutput) {
    return convolution.backward(pass, norm.backwardInPlace(pass, dOutput));
  }

  /** As {@link #backward} for an x that was not kept. */
  Tensor backward(Pass pass, Tensor x, Tensor dOutput) {
    return convolution.backward(pass, x, norm.backwardInPlace(pass, dOutput));
  }

  /** As {@link #backward} from the gradient of a membrane potential, which is left as it is. */
  @Override
  public Tensor backwardFromMembrane(Pass pass, Tensor dU) {
    return convolution.backward(pass, norm.backward(pass, dU));
  }

  /** As {@link #backwardFromMembrane} for an x that was not kept. */
  Tensor backwardFromMembrane(Pass pass, Tensor x, Tensor dU) {
    return convolution.backward(pass, x, norm.backward(pass, dU));
  }

  /** Fills the gradients of the parameters from that of a membrane potential. */
  void backwardWeightsFromMembrane(Pass pass, Tensor dU) {
    Tensor dy = norm.backward(pass, dU);
    convolution.backwardWeights(pass, dy);
    pass.give(dy);
  }

  /**
   * Weights and bias of one convolution.
   *
   * @param weight in PyTorch's order
   * @param bias one for each output
   */
  record Folded(float[] weight, float[] bias) {}

  /** The convolution that both are with the parameters and statistics as they are now. */
  Folded folded() {
    int outputs = convolution.outputs();
    float[] scale = new float[outputs];
    float[] shift = new float[outputs];
    norm.runningCoefficients(scale, shift);
    float[] weights = convolution.weights();
    int row = weights.length / outputs;
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= scale[i / row];
    }
    float[] bias = convolution.biases();
    for (int i = 0; i < outputs; i++) {
      shift[i] += scale[i] * bias[i];
    }
    return new Folded(weights, shift);
  }

  /** Takes the inference form from the parameters and statistics as they are now. */
  void fold(Kernels kernels) {
    reserveFolded();
    Folded folded = folded();
    foldedWeight.put(folded.weight);
    foldedBias.put(folded.bias);
    keeper = kernels;
    kernels.keep(foldedWeight);
  }

  /** Reserves the memory of the inference form; passes then run as with it, on undefined values. */
  void reserveFolded() {
    unfold();
    foldedWeight = Tensor.allocate(DataType.FLOAT32, convolution.weightLength());
    foldedBias = Tensor.allocate(DataType.FLOAT32, convolution.outputs());
  }

  /** Adds the name of the layer by the address of the weights of its inference form. */
  void name(Map<Long, String> names) {
    names.put(foldedWeight.address(), convolution.name());
  }

  /** Gives the inference form up. */
  void unfold() {
    if (foldedWeight != null) {
      if (keeper != null) {
        keeper.forget(foldedWeight);
        keeper = null;
      }
      foldedWeight.close();
      foldedBias.close();
      foldedWeight = null;
    }
  }
}
