package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Spike-driven Semantic FPN (paper, Section 4.3; Kirillov et al., 2019): maps U_0 to U_n of falling
 * size [T*B, H_i, W_i, C_i] to logits [B, H_0, W_0, classes].
 *
 * <pre>
 * L_i = Conv1x1(SN(U_i))                          laterals
 * P_i = L_i + nearest(P_i+1),  P_n = L_n          top-down, no neuron between
 * O_i = Conv3x3(SN(P_i))                          outputs of the neck
 * S_0 = BN(Conv3x3(SN(O_0)));  S_i: i times bilinear x2 of BN(Conv3x3(SN(.)))
 * logits = Conv1x1(SN(S_0 + S_1 + ... + S_n))
 * </pre>
 *
 * <p>With {@link Fuse#MEAN} each U_i is averaged over T first, and the rest runs once; with {@link
 * Fuse#KEEP} all T run and the logits are averaged.
 */
final class SemanticFpnHead extends Block implements NamedOutputs {
  private final FeaturePyramid pyramid;
  private final List<PyramidScale> scales = new ArrayList<>();
  private final SpikingNeurons neurons;
  private final Parameter weight;
  private final Parameter bias;
  private final int width;
  private final int classes;
  private final Fuse fuse;
  private Tensor spikes;
  private long[] shape;

  SemanticFpnHead(NeuronConfig neuron, BlockSpec.SemanticFpnHead spec) {
    super(spec.name());
    Parameters p = parameters();
    Layers layers = declare();
    fuse = spec.form().fuse();
    width = spec.form().headWidth();
    classes = spec.outputs();
    p.begin(Part.NECK);
    pyramid = new FeaturePyramid(p, layers, neuron, spec);
    p.begin(Part.HEAD);
    for (int level = 0; level < spec.widths().size(); level++) {
      scales.add(new PyramidScale(p, layers, neuron, spec.form(), level));
    }
    String name = layers.name("classifier");
    neurons = SpikingNeurons.of(name, neuron);
    weight =
        p.declare(
            "classifier.weight", Kind.WEIGHT, Initialisation.NORMAL, width, classes, width, 1, 1);
    bias = p.declare("classifier.bias", Kind.BIAS, Initialisation.ZERO, width, classes);
    layers.add(
        CountedLayer.of(name, OutputMap.SAME, Convolution.denseOperation(1, width, classes)));
  }

  @Override
  Tensor run(Pass pass, Tensor[] read) {
    Pass own = fuse == Fuse.MEAN ? pass.once() : pass;
    List<Tensor> maps = new ArrayList<>();
    for (Tensor map : read) {
      maps.add(fuse == Fuse.MEAN ? meanOverTime(pass, map) : map);
    }
    List<Drive> outputs = pyramid.forward(own, maps);
    for (int i = 0; i < maps.size(); i++) {
      if (maps.get(i) != read[i]) {
        own.done(maps.get(i));
      }
    }
    long[] first = outputs.get(0).value().shape();
    Tensor sum = scales.get(0).forward(own, outputs.get(0), first);
    for (int level = 1; level < scales.size(); level++) {
      Tensor map = scales.get(level).forward(own, outputs.get(level), first);
      own.kernels().add(sum, map, sum);
      own.give(map);
    }
    return classify(own, sum);
  }

  private Tensor classify(Pass pass, Tensor sum) {
    spikes = neurons.fire(pass, Drive.of(sum));
    pass.done(sum);
    Tensor perStep = pass.membrane(sum.size(0), sum.size(1), sum.size(2), classes);
    pass.kernels().convolution(pointwise(sum), spikes, weight.value(), bias.value(), perStep);
    pass.done(spikes);
    Tensor logits = meanOverTime(pass, perStep);
    if (logits != perStep) {
      pass.give(perStep);
    }
    shape = logits.shape();
    return logits;
  }

  private ConvolutionShape pointwise(Tensor map) {
    return ConvolutionShape.pointwise(
        (int) map.size(0), (int) map.size(1), (int) map.size(2), width, classes);
  }

  /** [T*B, ...] to its mean over T, [B, ...]; the map itself for T = 1. */
  private static Tensor meanOverTime(Pass pass, Tensor map) {
    int timesteps = pass.timesteps();
    if (timesteps == 1) {
      return map;
    }
    long[] one = map.shape();
    one[0] /= timesteps;
    Tensor sum = pass.membrane(one);
    long length = sum.elements();
    pass.kernels().add(map.slice(0, one), map.slice(length, one), sum);
    for (int t = 2; t < timesteps; t++) {
      pass.kernels().add(sum, map.slice(t * length, one), sum);
    }
    Tensor mean = pass.membrane(one);
    pass.kernels().affine(scaled(sum, timesteps), mean);
    pass.give(sum);
    return mean;
  }

  private static Drive scaled(Tensor value, int divisor) {
    float[] scale = new float[value.channels()];
    Arrays.fill(scale, 1f / divisor);
    return Drive.affine(value, scale, new float[scale.length]);
  }

  /** From the gradient of a mean over T, which is given back, to that of the map. */
  private static Tensor spreadOverTime(Pass pass, Tensor dMean) {
    int timesteps = pass.timesteps();
    if (timesteps == 1) {
      return dMean;
    }
    long[] one = dMean.shape();
    long[] all = one.clone();
    all[0] *= timesteps;
    Tensor d = pass.membrane(all);
    for (int t = 0; t < timesteps; t++) {
      pass.kernels().affine(scaled(dMean, timesteps), d.slice(t * dMean.elements(), one));
    }
    pass.give(dMean);
    return d;
  }

  @Override
  List<Tensor> runBackward(Pass pass, Tensor dLogits) {
    Pass own = fuse == Fuse.MEAN ? pass.once() : pass;
    Tensor dPerStep = spreadOverTime(own, dLogits);
    Tensor ds = own.membrane(spikes.shape());
    own.kernels()
        .convolutionBackwardWeights(
            pointwise(spikes), spikes, dPerStep, weight.gradient(), bias.gradient());
    own.kernels().convolutionBackwardData(pointwise(spikes), dPerStep, weight.value(), ds);
    own.give(dPerStep);
    Tensor dSum = own.membrane(spikes.shape());
    neurons.backwardInto(own, ds, dSum);
    List<Tensor> dOutputs = new ArrayList<>();
    for (PyramidScale scale : scales) {
      dOutputs.add(scale.backward(own, dSum));
    }
    own.give(dSum);
    List<Tensor> dMaps = pyramid.backward(own, dOutputs);
    return fuse == Fuse.MEAN ? dMaps.stream().map(d -> spreadOverTime(pass, d)).toList() : dMaps;
  }

  @Override
  public Map<String, long[]> outputs() {
    return Map.of(ClassifierHead.LOGITS, shape);
  }

  @Override
  public Map<String, Tensor> timesteps() {
    return Map.of();
  }
}
