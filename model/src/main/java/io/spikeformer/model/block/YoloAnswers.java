package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/** The answers of a level: the mean over T of Conv1x1(SN(P)), with a bias. */
final class YoloAnswers {
  private static final int OBJECTNESS = YoloHeadSpec.NUMBERS - 1;
  // an image of so many pixels has so many objects before training
  private static final double SIZE = 640;
  private static final double OBJECTS = 8;
  private static final double SHARE = 0.6;
  private static final double ALMOST_ONE = 0.99999;

  private final SpikingNeurons neurons;
  private final Predictor predictor;
  private Tensor spikes;

  /**
   * The layer of a level, counted from 0.
   *
   * @param inputs channels of the level
   * @param map where it is
   */
  YoloAnswers(
      Parameters p,
      Layers layers,
      NeuronConfig neuron,
      YoloHeadSpec spec,
      int level,
      int inputs,
      OutputMap map) {
    String name = YoloHeadSpec.answers(level);
    int numbers = YoloHeadSpec.NUMBERS + spec.outputs();
    InitialValues weights =
        (length, fan, seed) -> Initialisation.KAIMING_UNIFORM.draw(length, inputs, seed);
    InitialValues biases =
        (length, fan, seed) -> bias(length, spec.outputs(), spec.strides().get(level));
    neurons = SpikingNeurons.of(layers.name(name), neuron);
    predictor =
        Predictor.convolution(
            p,
            name,
            inputs,
            spec.form().perCell() * numbers,
            new Predictor.Initial(weights, biases));
    layers.add(CountedLayer.of(layers.name(name), map, predictor.operation()));
  }

  /** YOLOv5's: eight objects in an image of 640 pixels, and 0.6 of one class. */
  private static float[] bias(int length, int classes, int stride) {
    double objectness = Math.log(OBJECTS / Math.pow(SIZE / stride, 2));
    double label = Math.log(SHARE / (classes - ALMOST_ONE));
    float[] bias = new float[length];
    for (int i = 0; i < length; i++) {
      int number = i % (YoloHeadSpec.NUMBERS + classes);
      bias[i] = (float) (number < OBJECTNESS ? 0 : number == OBJECTNESS ? objectness : label);
    }
    return bias;
  }

  /** The answers [B, H, W, anchors * (5 + classes)] for membrane potentials u. */
  Tensor forward(Pass pass, Tensor u) {
    spikes = neurons.fire(pass, Drive.of(u));
    Tensor answers = predictor.forward(pass, spikes);
    pass.done(spikes);
    return answers;
  }

  /** From the gradient of the answers, which is left, to that of u. */
  Tensor backward(Pass pass, Tensor dAnswers) {
    Tensor ds = predictor.backward(pass, spikes, dAnswers);
    return neurons.backwardMembrane(pass, ds);
  }
}
