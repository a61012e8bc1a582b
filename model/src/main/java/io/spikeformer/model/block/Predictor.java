package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Tensor;

/**
 * A last layer: pointwise, with a bias, from [T*N, H, W, inputs] to the mean of its outputs over T,
 * [N, H, W, outputs] in float32.
 */
final class Predictor {
  private final Parameter weight;
  private final Parameter bias;
  private final int inputs;
  private final int outputs;

  /** How weights and biases are drawn. */
  record Initial(InitialValues weights, InitialValues biases) {
    /** Of classes: small weights, no bias. */
    static final Initial NORMAL = new Initial(Initialisation.NORMAL, Initialisation.ZERO);

    /** Of boxes in a box head. */
    static final Initial SMALL = new Initial(Initialisation.SMALL_NORMAL, Initialisation.ZERO);

    /** Of masks, whose pixels are background where no neuron fires. */
    static final Initial MASK =
        new Initial(Initialisation.XAVIER_UNIFORM, Initialisation.BELOW_ZERO);
  }

  private Predictor(Parameter weight, Parameter bias, int inputs, int outputs) {
    this.weight = weight;
    this.bias = bias;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** A convolution of maps. */
  static Predictor convolution(
      Parameters p, String name, int inputs, int outputs, Initial initial) {
    return of(p, name, inputs, outputs, initial, outputs, inputs, 1, 1);
  }

  /** A linear layer of vectors. */
  static Predictor linear(Parameters p, String name, int inputs, int outputs, Initial initial) {
    return of(p, name, inputs, outputs, initial, outputs, inputs);
  }

  private static Predictor of(
      Parameters p, String name, int inputs, int outputs, Initial initial, Integer... shape) {
    long fan = (long) inputs + outputs;
    Parameter weight = p.declare(name + ".weight", Kind.WEIGHT, initial.weights(), fan, shape);
    p.addPlain(weight);
    return new Predictor(
        weight,
        p.declare(name + ".bias", Kind.BIAS, initial.biases(), fan, outputs),
        inputs,
        outputs);
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  /** Its operation, for accounts. */
  Operation operation() {
    return Convolution.denseOperation(1, inputs, outputs);
  }

  /** The mean outputs for spikes or real numbers x, which are left. */
  Tensor forward(Pass pass, Tensor x) {
    Tensor perStep = pass.membrane(x.size(0), x.size(1), x.size(2), outputs);
    pass.kernels().convolution(pointwise(x), x, weight.value(), bias.value(), perStep);
    Tensor mean = TimeMean.of(pass, perStep);
    if (mean != perStep) {
      pass.give(perStep);
    }
    return mean;
  }

  /** Fills the gradients from that of the mean and the same x, both left; returns float32 dx. */
  Tensor backward(Pass pass, Tensor x, Tensor dMean) {
    Tensor dPerStep = backwardWeights(pass, x, dMean);
    Tensor dx = backwardData(pass, dPerStep);
    if (dPerStep != dMean) {
      pass.give(dPerStep);
    }
    return dx;
  }

  /**
   * Fills the gradients alone.
   *
   * @return the gradient at each timestep: that of the mean itself where T is 1, else a buffer
   */
  Tensor backwardWeights(Pass pass, Tensor x, Tensor dMean) {
    Tensor dPerStep = TimeMean.spread(pass, dMean);
    pass.kernels()
        .convolutionBackwardWeights(pointwise(x), x, dPerStep, weight.gradient(), bias.gradient());
    return dPerStep;
  }

  /** The float32 gradient of x, or of some images of it, from theirs at each timestep. */
  Tensor backwardData(Pass pass, Tensor dPerStep) {
    Tensor dx = pass.membrane(dPerStep.size(0), dPerStep.size(1), dPerStep.size(2), inputs);
    pass.kernels().convolutionBackwardData(pointwise(dPerStep), dPerStep, weight.value(), dx);
    return dx;
  }

  private ConvolutionShape pointwise(Tensor x) {
    return ConvolutionShape.pointwise(
        (int) x.size(0), (int) x.size(1), (int) x.size(2), inputs, outputs);
  }
}
