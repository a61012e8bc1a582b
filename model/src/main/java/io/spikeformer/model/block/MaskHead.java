package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Copies;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.SpikingConvolution.Window;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Spike-driven mask head (He et al., 2017): pooled regions U [T*M, 14, 14, C] to logits [M, 28, 28,
 * classes].
 *
 * <pre>
 * U = Conv3x3(SN(U))                                        four times
 * logits = Conv1x1(SN(TransposedConv2x2(SN(U))))            mean over T
 * </pre>
 */
final class MaskHead {
  private static final int POOLED_SIDE = 14;

  /** Height and width of a mask. */
  static final int SIDE = 2 * POOLED_SIDE;

  private static final int CONVOLUTIONS = 4;

  /** Regions whose doubled maps are formed again at a time. */
  private static final long GROUP = 16;

  private final RegionPooling pooling;
  private final List<SpikingConvolution> convolutions = new ArrayList<>();
  private final SpikingNeurons upNeurons;
  private final TransposedConvolution up;
  private final SpikingNeurons neurons;
  private final Predictor predictor;
  private final List<Tensor> read = new ArrayList<>();
  private Tensor half;
  private Tensor spikes;

  /**
   * The head.
   *
   * @param strides of the levels that regions are taken from
   */
  MaskHead(
      Parameters p,
      Layers layers,
      NeuronConfig neuron,
      MaskRcnn form,
      int classes,
      List<Integer> strides) {
    int width = form.neckWidth();
    pooling = new RegionPooling(POOLED_SIDE, strides);
    OutputMap pooled = OutputMap.regions(Copies.MASK_REGIONS, POOLED_SIDE);
    OutputMap doubled = OutputMap.regions(Copies.MASK_REGIONS, SIDE);
    for (int k = 0; k < CONVOLUTIONS; k++) {
      Window window = new Window(width, width, 3);
      convolutions.add(
          new SpikingConvolution(p, layers, "mask" + k, neuron, window, form.norm(), pooled));
    }
    String upName = layers.name("mask_up");
    upNeurons = SpikingNeurons.of(upName, neuron);
    up = new TransposedConvolution(p, "mask_up", width, width);
    layers.add(CountedLayer.of(upName, doubled, up.operation()));
    String name = layers.name("mask_logit");
    neurons = SpikingNeurons.of(name, neuron);
    predictor = Predictor.convolution(p, "mask_logit", width, classes, Predictor.Initial.MASK);
    layers.add(CountedLayer.of(name, doubled, predictor.operation()));
  }

  /** The logits for the regions of the images in turn, at least one. */
  Tensor forward(Pass pass, List<Tensor> levels, List<Boxes> regions) {
    Tensor u = pooling.forward(pass, levels, regions);
    read.clear();
    read.add(u);
    for (SpikingConvolution convolution : convolutions) {
      Tensor next = convolution.membrane(pass, Drive.of(u));
      pass.done(u);
      u = next;
      read.add(u);
    }
    half = upNeurons.fire(pass, Drive.of(u));
    pass.done(u);
    Drive drive = up.forward(pass, half);
    pass.done(half);
    spikes = neurons.fire(pass, drive);
    // the largest map of the head is cheaper to compute again than to keep
    pass.give(drive.value());
    Tensor logits = predictor.forward(pass, spikes);
    pass.done(spikes);
    return logits;
  }

  /** From the gradient of the logits, which is left; adds to those of the levels. */
  void backward(Pass pass, Tensor dLogits, List<Tensor> dLevels) {
    Tensor dLarger = backwardLogits(pass, dLogits);
    Tensor dHalf = up.backward(pass, dLarger);
    pass.give(dLarger);
    Tensor d = upNeurons.backwardMembrane(pass, dHalf);
    pass.spent(read.get(CONVOLUTIONS));
    for (int k = CONVOLUTIONS - 1; k >= 0; k--) {
      Tensor dInput = convolutions.get(k).backward(pass, d);
      pass.spent(read.get(k));
      pass.give(d);
      d = dInput;
    }
    pooling.backward(pass, d, dLevels);
    pass.give(d);
  }

  /** From the gradient of the logits to that of the doubled maps, which are formed again. */
  private Tensor backwardLogits(Pass pass, Tensor dLogits) {
    Tensor dPerStep = predictor.backwardWeights(pass, spikes, dLogits);
    Tensor dLarger = pass.membrane(spikes.shape());
    long regions = spikes.size(0);
    // the timesteps of a region, which belong together, lie apart
    long group = pass.timesteps() == 1 ? GROUP : regions;
    for (long from = 0; from < regions; from += group) {
      long count = Math.min(group, regions - from);
      Drive drive = up.again(pass, some(half, from, count));
      Tensor ds = predictor.backwardData(pass, some(dPerStep, from, count));
      neurons.backwardInto(pass, drive, ds, some(dLarger, from, count));
      pass.give(ds);
      pass.give(drive.value());
    }
    if (dPerStep != dLogits) {
      pass.give(dPerStep);
    }
    return dLarger;
  }

  private static Tensor some(Tensor maps, long from, long count) {
    long[] shape = maps.shape();
    shape[0] = count;
    return maps.slice(from * (maps.elements() / maps.size(0)), shape);
  }
}
