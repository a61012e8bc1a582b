package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.PoolingWindow;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * YOLOv5's spatial pyramid pooling (SPPF, after He et al., 2014) on spikes, from membrane
 * potentials U to half their height and width:
 *
 * <pre>
 * S = SN(BN(Conv1x1(max2x2(SN(U)))))
 * U' = BN(Conv1x1([S, max5x5(S), max9x9(S), max13x13(S)]))
 * </pre>
 *
 * <p>The larger windows are 5x5 windows of each other. Rates are those of the pooled spikes, which
 * the convolutions read.
 */
final class PyramidPooling {
  private static final PoolingWindow HALVING = new PoolingWindow(2, 2, 0, PoolingWindow.Last.CUT);
  private static final PoolingWindow WIDE = new PoolingWindow(5, 1, 2);
  private static final int MAPS = 4;

  private final String firstName;
  private final String secondName;
  private final SpikingNeurons firstNeurons;
  private final SpikingNeurons secondNeurons;
  private final NormalisedConvolution first;
  private final NormalisedConvolution second;
  private final float unit;
  private Tensor spikes;
  private Tensor[] pooled;

  /**
   * The layers.
   *
   * @param map where their outputs are
   */
  PyramidPooling(
      Parameters p, Layers layers, NeuronConfig neuron, int inputs, int outputs, OutputMap map) {
    firstName = layers.name("pooling1");
    secondName = layers.name("pooling2");
    firstNeurons = SpikingNeurons.unnamed(neuron);
    secondNeurons = SpikingNeurons.unnamed(neuron);
    unit = neuron.integers() == null ? 1 : neuron.integers().unit();
    int hidden = outputs / 2;
    first = unit(p, layers, "pooling1", inputs, hidden, map);
    second = unit(p, layers, "pooling2", MAPS * hidden, outputs, map);
  }

  private static NormalisedConvolution unit(
      Parameters p, Layers layers, String name, int inputs, int outputs, OutputMap map) {
    Convolution convolution = Convolution.dense(p, name, inputs, outputs, 1, 1);
    layers.add(CountedLayer.of(layers.name(name), map, List.of(convolution)));
    return new NormalisedConvolution(p, convolution, new BatchNorm(p, name + ".bn", outputs));
  }

  /** Height or width of what it gives. */
  static int outputSize(long size) {
    return HALVING.outputSize(size);
  }

  /** U' for membrane potentials u, which the way back needs. */
  Tensor forward(Pass pass, Tensor u) {
    spikes = firstNeurons.fire(pass, Drive.of(u));
    Tensor halved = take(pass, spikes, outputSize(u.size(1)), outputSize(u.size(2)), u.channels());
    pass.kernels().maxPool(HALVING, spikes, halved);
    pass.done(spikes);
    SpikeSums.count(pass, firstName, halved, unit);
    Drive hidden = first.forward(pass, halved);
    pass.done(halved);
    Tensor all = pool(pass, secondNeurons.fire(pass, hidden));
    pass.done(hidden.value());
    SpikeSums.count(pass, secondName, all, unit);
    Drive y = second.forward(pass, all);
    pass.done(all);
    Tensor output = pass.membrane(y.value().shape());
    pass.kernels().affine(y, output);
    pass.done(y.value());
    return output;
  }

  /** The spikes and their maxima side by side. */
  private Tensor pool(Pass pass, Tensor s) {
    int channels = s.channels();
    Tensor all = take(pass, s, s.size(1), s.size(2), MAPS * channels);
    pooled = new Tensor[MAPS];
    pooled[0] = s;
    for (int i = 0; i < MAPS; i++) {
      if (i > 0) {
        pooled[i] = take(pass, s, s.size(1), s.size(2), channels);
        pass.kernels().maxPool(WIDE, pooled[i - 1], pooled[i]);
      }
      pass.kernels().copyChannels(pooled[i], 0, all, i * channels, channels);
    }
    for (Tensor map : pooled) {
      pass.done(map);
    }
    return all;
  }

  /** A buffer for pooled spikes, in the number format of those that are pooled. */
  private static Tensor take(Pass pass, Tensor s, long height, long width, int channels) {
    return pass.workspace().takeLike(s, s.size(0), height, width, channels);
  }

  /** From the gradient of U', which is left, to that of U. */
  Tensor backward(Pass pass, Tensor dOutput) {
    second.output().sum(pass, dOutput);
    Tensor ds = unpool(pass, second.backwardFromMembrane(pass, dOutput));
    secondNeurons.backward(pass, ds, first.output());
    Tensor dHalved = first.backward(pass, ds);
    Tensor dSpikes = pass.product(spikes.shape());
    pass.kernels().maxPoolBackward(HALVING, spikes, dHalved, dSpikes);
    pass.give(dHalved);
    return firstNeurons.backwardMembrane(pass, dSpikes);
  }

  /** From the gradient of all maps, which is given back, to that of the spikes. */
  private Tensor unpool(Pass pass, Tensor dAll) {
    int channels = pooled[0].channels();
    Tensor d = pass.product(pooled[0].shape());
    pass.kernels().copyChannels(dAll, (MAPS - 1) * channels, d, 0, channels);
    for (int i = MAPS - 1; i > 0; i--) {
      Tensor before = pass.product(d.shape());
      pass.kernels().maxPoolBackward(WIDE, pooled[i - 1], d, before);
      pass.kernels().copyChannels(dAll, (i - 1) * channels, d, 0, channels);
      pass.kernels().add(before, d, d);
      pass.give(before);
    }
    pass.give(dAll);
    return d;
  }
}
