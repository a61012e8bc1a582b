package io.spikeformer.model.block;

import io.spikeformer.model.BlockSpec;
import io.spikeformer.model.BlockSpec.Head.Readout;
import io.spikeformer.model.NeuronConfig;
import io.spikeformer.model.ParameterLayout.Kind;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/**
 * Classification head: mean over space, SN, linear layer, mean over time; [T*B, H, W, C] to logits
 * [B, classes]. Other networks fire before the mean, or not at all.
 *
 * <p>Its products stay in float32: they cost nothing and decide the logits.
 */
final class Head extends Block implements StepLogits {
  private final String name;
  private final Readout readout;
  private final SpikingNeurons neurons;
  private final int inputs;
  private final int classes;
  private final Parameter weight;
  private final Parameter bias;
  private Tensor spikes;
  private long[] inputShape;
  private float[] stepLogits = {};

  Head(NeuronConfig neuron, BlockSpec.Head spec) {
    readout = spec.readout();
    name = spec.name();
    inputs = spec.inputs();
    classes = spec.outputs();
    neurons = SpikingNeurons.of(name, neuron);
    weight =
        parameters()
            .declare(
                "linear.weight",
                Kind.WEIGHT,
                Initialisation.TRUNCATED_NORMAL,
                inputs,
                classes,
                inputs);
    bias = parameters().declare("linear.bias", Kind.BIAS, Initialisation.ZERO, inputs, classes);
  }

  @Override
  Tensor run(Pass pass, Tensor u) {
    inputShape = u.shape();
    int images = (int) inputShape[0];
    spikes = read(pass, u);
    Tensor perStep = pass.membrane(images, classes);
    pass.kernels().convolution(linear(images), spikes, weight.value(), bias.value(), perStep);
    return meanOverTime(pass, perStep);
  }

  /** What the linear layer reads, [T*B, C]. */
  private Tensor read(Pass pass, Tensor u) {
    switch (readout) {
      case MEAN:
        SpikeSums.count(pass, name, u);
        return mean(pass, u);
      case MEAN_OF_SPIKES:
        return mean(pass, neurons.fire(pass, Drive.of(u)));
      default:
        Tensor fired = neurons.fire(pass, Drive.of(mean(pass, u)));
        Tensor s = pass.membrane(fired.shape());
        pass.kernels().affine(Drive.of(fired), s);
        return s;
    }
  }

  /** Mean over space. */
  private Tensor mean(Pass pass, Tensor u) {
    int images = (int) inputShape[0];
    int tokens = (int) (inputShape[1] * inputShape[2]);
    Tensor mean = pass.membrane(images, inputs);
    pass.kernels().sumTokens(u, null, images, tokens, 1f / tokens, mean);
    return mean;
  }

  private ConvolutionShape linear(int images) {
    return ConvolutionShape.pointwise(images, 1, 1, inputs, classes);
  }

  private Tensor meanOverTime(Pass pass, Tensor perStep) {
    int timesteps = pass.timesteps();
    float[] values = perStep.toArray();
    stepLogits = values;
    float[] mean = new float[values.length / timesteps];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (int t = 0; t < timesteps; t++) {
        sum += values[t * mean.length + i];
      }
      mean[i] = (float) (sum / timesteps);
    }
    Tensor logits = pass.workspace().take(DataType.FLOAT32, mean.length / classes, classes);
    logits.put(mean);
    return logits;
  }

  @Override
  public float[] stepLogits() {
    return stepLogits;
  }

  @Override
  Tensor runBackward(Pass pass, Tensor dLogits) {
    int images = (int) inputShape[0];
    Tensor dPerStep = pass.membrane(images, classes);
    float[] gradient = dLogits.toArray();
    pass.give(dLogits);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] /= pass.timesteps();
    }
    for (int t = 0; t < pass.timesteps(); t++) {
      dPerStep.slice((long) t * gradient.length, gradient.length).put(gradient);
    }
    pass.kernels()
        .convolutionBackwardWeights(
            linear(images), spikes, dPerStep, weight.gradient(), bias.gradient());
    Tensor dSpikes = pass.membrane(images, inputs);
    pass.kernels().convolutionBackwardData(linear(images), dPerStep, weight.value(), dSpikes);
    pass.give(dPerStep);
    return unread(pass, dSpikes);
  }

  /** From the gradient of what the linear layer read, which is given back, to dU. */
  private Tensor unread(Pass pass, Tensor dRead) {
    Tensor dMean = readout == Readout.SPIKES_OF_MEAN ? neurons.backward(pass, dRead) : dRead;
    int images = (int) inputShape[0];
    int tokens = (int) (inputShape[1] * inputShape[2]);
    Tensor dU = pass.membrane(inputShape);
    pass.kernels().scaleTokens(dMean, null, images, tokens, 1f / tokens, dU);
    pass.give(dMean);
    return readout == Readout.MEAN_OF_SPIKES ? neurons.backward(pass, dU) : dU;
  }
}
