package io.spikeformer.model.block;

import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.box.AnchorAnswers;
import io.spikeformer.model.box.AnchorGrid;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Spike-driven Mask R-CNN (paper, Section 4.4; He et al., 2017) behind the maps of a backbone, with
 * the outputs of {@link MaskRcnnHeadSpec}.
 *
 * <p>The stages run in turn: pyramid and region proposals; then the {@link RegionChooser} gives the
 * regions of the box head; then, from its answers, those of the mask head. A head without regions
 * does not run.
 *
 * <p>With {@link Fuse#MEAN} each map is averaged over T first, and the rest runs once; with {@link
 * Fuse#KEEP} all T run and each output is averaged.
 */
final class MaskRcnnHead extends Block implements NamedOutputs {
  private final DetectionPyramid pyramid;
  private final RegionProposalHead proposals;
  private final BoxHead boxes;
  private final MaskHead masks;
  private final List<Parameter> boxParameters;
  private final List<Parameter> maskParameters;
  private final List<Integer> strides;
  private final int classes;
  private final Fuse fuse;
  private List<Boxes> boxRegions;
  private List<Boxes> maskRegions;
  private final OutputParts outputParts = new OutputParts();

  MaskRcnnHead(NeuronConfig neuron, MaskRcnnHeadSpec spec) {
    super(spec.name());
    Parameters p = parameters();
    Layers layers = declare();
    MaskRcnn form = spec.form();
    fuse = form.fuse();
    classes = spec.outputs();
    strides = spec.strides();
    FeaturePyramid.Form necks =
        new FeaturePyramid.Form(
            spec.widths(), form.neckWidth(), form.strides().lastStride(), form.norm());
    pyramid = new DetectionPyramid(p, layers, neuron, necks);
    p.begin(Part.HEAD);
    proposals = new RegionProposalHead(p, layers, neuron, form, pyramid.levels());
    List<Integer> pooled = strides.subList(0, spec.widths().size());
    int before = p.all().size();
    boxes = new BoxHead(p, layers, neuron, form, classes, pooled);
    int between = p.all().size();
    masks = new MaskHead(p, layers, neuron, form, classes, pooled);
    boxParameters = p.all().subList(before, between);
    maskParameters = p.all().subList(between, p.all().size());
  }

  @Override
  Tensor run(Pass pass, Tensor[] read) {
    Pass own = fuse == Fuse.MEAN ? pass.once() : pass;
    List<Tensor> levels = levels(pass, own, read);
    List<AnchorGrid> grids = RegionProposalHead.grids(levels, strides);
    long anchors = grids.stream().mapToLong(AnchorGrid::count).sum();
    long batch = read[0].size(0) / pass.timesteps();
    Tensor objectness = own.membrane(batch, anchors);
    Tensor deltas = own.membrane(batch, anchors, Boxes.CORNERS);
    proposals.forward(own, levels, objectness, deltas);
    boolean again = pass.mode() == Pass.Mode.REPETITION;
    if (!again) {
      boxRegions = chooser(pass).forBoxes(new AnchorAnswers(grids, objectness, deltas));
    }
    long found = count(boxRegions);
    PredictorPair.Answers answers =
        found == 0
            ? new PredictorPair.Answers(own.membrane(0, classes + 1), own.membrane(0, classes))
            : boxes.forward(own, levels, boxRegions);
    Tensor logits = answers.scores().reshape(found, classes + 1);
    Tensor boxDeltas = answers.deltas().reshape(found, classes, Boxes.CORNERS);
    if (!again) {
      maskRegions = chooser(pass).forMasks(logits, boxDeltas);
    }
    Tensor maskLogits =
        count(maskRegions) == 0
            ? own.membrane(0, MaskHead.SIDE, MaskHead.SIDE, classes)
            : masks.forward(own, levels, maskRegions);
    levels.forEach(own::done);
    Map<String, Tensor> parts = new LinkedHashMap<>();
    parts.put(MaskRcnnHeadSpec.OBJECTNESS, objectness);
    parts.put(MaskRcnnHeadSpec.ANCHOR_DELTAS, deltas);
    parts.put(MaskRcnnHeadSpec.CLASS_LOGITS, logits);
    parts.put(MaskRcnnHeadSpec.BOX_DELTAS, boxDeltas);
    parts.put(MaskRcnnHeadSpec.MASK_LOGITS, maskLogits);
    Tensor output = outputParts.joined(own, parts);
    List.of(objectness, deltas, answers.scores(), answers.deltas(), maskLogits).forEach(own::give);
    return output;
  }

  private List<Tensor> levels(Pass pass, Pass own, Tensor[] read) {
    List<Tensor> maps = new ArrayList<>();
    for (Tensor map : read) {
      maps.add(fuse == Fuse.MEAN ? TimeMean.of(pass, map) : map);
    }
    List<Tensor> levels = pyramid.forward(own, maps);
    for (int i = 0; i < maps.size(); i++) {
      if (maps.get(i) != read[i]) {
        own.done(maps.get(i));
      }
    }
    return levels;
  }

  private static RegionChooser chooser(Pass pass) {
    if (pass.regions() == null) {
      throw new IllegalStateException(
          "detector: expected something that chooses regions, found nothing;"
              + " call SpikeformerModel.chooseRegions first");
    }
    return pass.regions();
  }

  private static long count(List<Boxes> regions) {
    return regions.stream().mapToLong(Boxes::count).sum();
  }

  @Override
  List<Tensor> runBackward(Pass pass, Tensor gradient) {
    Pass own = fuse == Fuse.MEAN ? pass.once() : pass;
    Map<String, Tensor> d = parts(gradient);
    List<Tensor> dLevels =
        proposals.backward(
            own, d.get(MaskRcnnHeadSpec.OBJECTNESS), d.get(MaskRcnnHeadSpec.ANCHOR_DELTAS));
    pyramid.areRead(own);
    if (count(boxRegions) == 0) {
      boxParameters.forEach(parameter -> parameter.gradient().zero());
    } else {
      boxes.backward(
          own,
          vectors(d.get(MaskRcnnHeadSpec.CLASS_LOGITS)),
          vectors(d.get(MaskRcnnHeadSpec.BOX_DELTAS)),
          dLevels);
    }
    if (count(maskRegions) == 0) {
      maskParameters.forEach(parameter -> parameter.gradient().zero());
    } else {
      masks.backward(own, d.get(MaskRcnnHeadSpec.MASK_LOGITS), dLevels);
    }
    own.give(gradient);
    List<Tensor> dMaps = pyramid.backward(own, dLevels);
    return fuse == Fuse.MEAN
        ? dMaps.stream().map(map -> TimeMean.spreadOver(pass, map)).toList()
        : dMaps;
  }

  /** [R, ...] as maps of one pixel. */
  private static Tensor vectors(Tensor answers) {
    long regions = answers.size(0);
    return answers.reshape(regions, 1, 1, answers.elements() / regions);
  }

  @Override
  public Map<String, long[]> outputs() {
    return outputParts.shapes();
  }

  @Override
  public Map<String, Tensor> timesteps() {
    return Map.of();
  }
}
