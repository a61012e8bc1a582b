package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpnHeadSpec;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
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
  private final Predictor classifier;
  private final Fuse fuse;
  private Tensor fired;
  private Tensor spikes;
  private long[] shape;

  SemanticFpnHead(NeuronConfig neuron, SemanticFpnHeadSpec spec) {
    super(spec.name());
    Parameters p = parameters();
    Layers layers = declare();
    fuse = spec.form().fuse();
    p.begin(Part.NECK);
    SemanticFpn form = spec.form();
    pyramid =
        new FeaturePyramid(
            p,
            layers,
            neuron,
            new FeaturePyramid.Form(spec.widths(), form.neckWidth(), 1, form.norm()));
    p.begin(Part.HEAD);
    for (int level = 0; level < spec.widths().size(); level++) {
      scales.add(new PyramidScale(p, layers, neuron, spec.form(), level));
    }
    String name = layers.name("classifier");
    neurons = SpikingNeurons.of(name, neuron);
    classifier =
        Predictor.convolution(
            p, "classifier", spec.form().headWidth(), spec.outputs(), Predictor.Initial.NORMAL);
    layers.add(CountedLayer.of(name, OutputMap.SAME, classifier.operation()));
  }

  @Override
  Tensor run(Pass pass, Tensor[] read) {
    Pass own = fuse == Fuse.MEAN ? pass.once() : pass;
    List<Tensor> maps = new ArrayList<>();
    for (Tensor map : read) {
      maps.add(fuse == Fuse.MEAN ? TimeMean.of(pass, map) : map);
    }
    List<Drive> outputs = pyramid.forward(own, maps);
    for (int i = 0; i < maps.size(); i++) {
      if (maps.get(i) != read[i]) {
        own.done(maps.get(i));
      }
    }
    long[] first = outputs.get(0).value().shape();
    List<Tensor> coarser = new ArrayList<>();
    for (int level = 1; level < scales.size(); level++) {
      coarser.add(scales.get(level).forward(own, outputs.get(level), first));
    }
    Tensor sum = scales.get(0).sum(own, outputs.get(0), coarser);
    coarser.forEach(own::give);
    return classify(own, sum);
  }

  private Tensor classify(Pass pass, Tensor sum) {
    fired = sum;
    spikes = neurons.fire(pass, Drive.of(sum));
    pass.done(sum);
    Tensor logits = classifier.forward(pass, spikes);
    pass.done(spikes);
    shape = logits.shape();
    return logits;
  }

  @Override
  List<Tensor> runBackward(Pass pass, Tensor dLogits) {
    Pass own = fuse == Fuse.MEAN ? pass.once() : pass;
    Tensor ds = classifier.backward(own, spikes, dLogits);
    own.give(dLogits);
    Tensor dSum = neurons.backwardMembrane(own, ds);
    own.spent(fired);
    List<Tensor> dOutputs = new ArrayList<>();
    for (PyramidScale scale : scales) {
      dOutputs.add(scale.backward(own, dSum));
    }
    own.give(dSum);
    List<Tensor> dMaps = pyramid.backward(own, dOutputs);
    return fuse == Fuse.MEAN
        ? dMaps.stream().map(d -> TimeMean.spreadOver(pass, d)).toList()
        : dMaps;
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
