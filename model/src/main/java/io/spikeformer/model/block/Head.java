package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.Head.Readout;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * Classification head: mean over space, SN, linear layer, mean over time; [T*B, H, W, C] to logits
 * [B, classes]. Other networks fire before the mean, or not at all.
 *
 * <p>With a second linear layer for distillation, evaluation gives the mean of both layers' logits,
 * and training gives those of the first layer and then those of the second: [2*B, classes].
 *
 * <p>Its products stay in float32: they cost nothing and decide the logits.
 */
final class Head extends SingleInputBlock implements NamedOutputs {
  private final String name;
  private final Readout readout;
  private final SpikingNeurons neurons;
  private final int inputs;
  private final int classes;
  private final List<String> trained;
  private final List<Linear> layers = new ArrayList<>();
  private Tensor spikes;
  private long[] inputShape;
  private int timesteps;
  // [T*B, classes], the mean of the layers; null in training
  private Tensor perStep;
  private Map<String, long[]> outputs = Map.of();

  private record Linear(Parameter weight, Parameter bias) {}

  Head(NeuronConfig neuron, BlockSpec.Head spec) {
    super(spec.name());
    readout = spec.readout();
    name = spec.name();
    inputs = spec.inputs();
    classes = spec.outputs();
    trained = spec.layers().outputs();
    neurons = SpikingNeurons.whole(name, neuron);
    parameters().begin(Part.HEAD);
    layers.add(linear("linear", "linear"));
    if (spec.layers() == ClassifierHead.DISTILLED) {
      layers.add(linear("distillation", "linear for distillation"));
    }
  }

  private Linear linear(String layer, String text) {
    OutputMap one = new OutputMap(0, size -> 1);
    declare().add(CountedLayer.of(name, one, new Operation(text, (long) inputs * classes)));
    Initialisation normal = Initialisation.TRUNCATED_NORMAL;
    Parameters p = parameters();
    return new Linear(
        p.declare(layer + ".weight", Kind.WEIGHT, normal, inputs, classes, inputs),
        p.declare(layer + ".bias", Kind.BIAS, Initialisation.ZERO, inputs, classes));
  }

  @Override
  public int largestSum(int received, ObjIntConsumer<String> reads) {
    if (readout == Readout.MEAN) {
      reads.accept(name, received);
    }
    return 1;
  }

  @Override
  Tensor run(Pass pass, Tensor u) {
    inputShape = u.shape();
    int images = (int) inputShape[0];
    spikes = read(pass, u);
    List<Tensor> perLayer = layers.stream().map(layer -> perStep(pass, layer, images)).toList();
    List<float[]> values = perLayer.stream().map(Tensor::toArray).toList();
    List<float[]> logits = values.stream().map(each -> meanOverTime(pass, each)).toList();
    if (pass.training()) {
      perStep = null;
      return rows(pass, trained, logits);
    }
    perStep = perLayer.get(0);
    perStep.put(averaged(values));
    return rows(pass, List.of(ClassifierHead.LOGITS), List.of(averaged(logits)));
  }

  @Override
  List<Tensor> results(Tensor output) {
    return perStep == null ? List.of(output) : List.of(output, perStep);
  }

  /** The input of the linear layers, [T*B, C]. */
  private Tensor read(Pass pass, Tensor u) {
    switch (readout) {
      case MEAN:
        SpikeSums.count(pass, name, u);
        return mean(pass, u);
      case MEAN_OF_SPIKES:
        return mean(pass, neurons.fire(pass, Drive.of(u)));
      default:
        Tensor fired = neurons.fire(pass, Drive.of(mean(pass, u)));
        if (fired.planes() > 1) {
          return fired;
        }
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

  private ConvolutionShape shape(int images) {
    return ConvolutionShape.pointwise(images, 1, 1, inputs, classes);
  }

  /** [T*B, classes] of one layer. */
  private Tensor perStep(Pass pass, Linear layer, int images) {
    Tensor perStep = pass.membrane(images, classes);
    pass.kernels()
        .convolution(shape(images), spikes, layer.weight.value(), layer.bias.value(), perStep);
    return perStep;
  }

  private static float[] meanOverTime(Pass pass, float[] values) {
    int timesteps = pass.timesteps();
    float[] mean = new float[values.length / timesteps];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (int t = 0; t < timesteps; t++) {
        sum += values[t * mean.length + i];
      }
      mean[i] = (float) (sum / timesteps);
    }
    return mean;
  }

  /** The mean over the layers. */
  private static float[] averaged(List<float[]> parts) {
    float[] mean = parts.get(0);
    if (parts.size() == 2) {
      mean = mean.clone();
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (mean[i] + parts.get(1)[i]) / 2;
      }
    }
    return mean;
  }

  /** The parts one after the other as rows of a buffer. */
  private Tensor rows(Pass pass, List<String> names, List<float[]> parts) {
    int length = parts.get(0).length;
    Map<String, long[]> shapes = new LinkedHashMap<>();
    long rows = (long) parts.size() * length / classes;
    Tensor all = pass.workspace().take(DataType.FLOAT32, rows, classes);
    for (int i = 0; i < parts.size(); i++) {
      all.slice((long) i * length, length).put(parts.get(i));
      shapes.put(names.get(i), new long[] {length / classes, classes});
    }
    outputs = shapes;
    timesteps = pass.timesteps();
    return all;
  }

  @Override
  public Map<String, long[]> outputs() {
    return outputs;
  }

  @Override
  public Map<String, Tensor> timesteps() {
    return Map.of(
        ClassifierHead.LOGITS,
        perStep.reshape(timesteps, perStep.size(0) / timesteps, perStep.size(1)));
  }

  @Override
  Tensor backwardInput(Pass pass, Tensor dLogits) {
    float[] gradients = dLogits.toArray();
    pass.give(dLogits);
    int length = gradients.length / layers.size();
    Tensor dSpikes = throughLayer(pass, layers.get(0), gradients, 0, length);
    for (int i = 1; i < layers.size(); i++) {
      Tensor part = throughLayer(pass, layers.get(i), gradients, i * length, length);
      pass.kernels().add(dSpikes, part, dSpikes);
      pass.give(part);
    }
    return unread(pass, dSpikes);
  }

  /** From the gradient of what the linear layers read, which is given back, to dU. */
  private Tensor unread(Pass pass, Tensor dRead) {
    Tensor dMean = readout == Readout.SPIKES_OF_MEAN ? neurons.backward(pass, dRead) : dRead;
    int images = (int) inputShape[0];
    int tokens = (int) (inputShape[1] * inputShape[2]);
    Tensor dU = pass.membrane(inputShape);
    pass.kernels().scaleTokens(dMean, null, images, tokens, 1f / tokens, dU);
    pass.give(dMean);
    return readout == Readout.MEAN_OF_SPIKES ? neurons.backward(pass, dU) : dU;
  }

  /** From a layer's part of the gradients of the logits to its gradient of the spikes. */
  private Tensor throughLayer(Pass pass, Linear layer, float[] gradients, int from, int length) {
    int images = (int) inputShape[0];
    float[] perTimestep = new float[length];
    for (int i = 0; i < length; i++) {
      perTimestep[i] = gradients[from + i] / pass.timesteps();
    }
    Tensor dPerStep = pass.membrane(images, classes);
    for (int t = 0; t < pass.timesteps(); t++) {
      dPerStep.slice((long) t * length, length).put(perTimestep);
    }
    pass.kernels()
        .convolutionBackwardWeights(
            shape(images), spikes, dPerStep, layer.weight.gradient(), layer.bias.gradient());
    Tensor dSpikes = pass.membrane(images, inputs);
    pass.kernels().convolutionBackwardData(shape(images), dPerStep, layer.weight.value(), dSpikes);
    pass.give(dPerStep);
    return dSpikes;
  }
}
