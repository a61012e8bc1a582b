package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.SpikingConvolution.Window;
import io.spikeformer.model.box.AnchorGrid;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Spike-driven region proposal network (Ren et al., 2015). It answers for each anchor of each level
 * whether it holds an object and where:
 *
 * <pre>
 * Y = SN(Conv3x3(SN(P_i)));  score = Conv1x1(Y),  delta = Conv1x1(Y)     means over T
 * </pre>
 *
 * <p>All levels share the parameters; each has neurons, and batch statistics, of its own.
 */
final class RegionProposalHead {
  private static final int NUMBERS = AnchorGrid.PER_CELL * Boxes.CORNERS;

  private final List<SpikingConvolution> convolutions = new ArrayList<>();
  private final List<PredictorPair> predictors = new ArrayList<>();
  private final List<Parameter> shared;
  private final List<Tensor> levels = new ArrayList<>();

  /**
   * The network for levels.
   *
   * @param maps where the levels are
   */
  RegionProposalHead(
      Parameters p, Layers layers, NeuronConfig neuron, MaskRcnn form, List<OutputMap> maps) {
    int before = p.all().size();
    int width = form.neckWidth();
    SpikingConvolution convolution =
        new SpikingConvolution(
            p,
            layers,
            "rpn",
            neuron,
            new Window(width, width, 3),
            form.norm(),
            maps.toArray(OutputMap[]::new));
    Predictor score =
        Predictor.convolution(p, "rpn_score", width, AnchorGrid.PER_CELL, Predictor.Initial.NORMAL);
    Predictor delta =
        Predictor.convolution(p, "rpn_delta", width, NUMBERS, Predictor.Initial.NORMAL);
    shared = p.all().subList(before, p.all().size());
    String name = layers.name("rpn_score_delta");
    Operation both = Convolution.denseOperation(1, width, AnchorGrid.PER_CELL + NUMBERS);
    layers.add(CountedLayer.of(name, maps.get(0), both).on(maps));
    for (int level = 0; level < maps.size(); level++) {
      convolutions.add(level == 0 ? convolution : convolution.again(p));
      predictors.add(new PredictorPair(score, delta, SpikingNeurons.of(name, neuron)));
    }
  }

  /**
   * Fills the answers for the levels, which are left.
   *
   * @param objectness [B, anchors]
   * @param deltas [B, anchors, 4]
   */
  void forward(Pass pass, List<Tensor> given, Tensor objectness, Tensor deltas) {
    levels.clear();
    levels.addAll(given);
    int from = 0;
    for (int level = 0; level < given.size(); level++) {
      Tensor u = convolutions.get(level).membrane(pass, Drive.of(given.get(level)));
      PredictorPair.Answers answers = predictors.get(level).forward(pass, u);
      Tensor scores = rows(answers.scores());
      Tensor numbers = rows(answers.deltas());
      int anchors = scores.channels();
      pass.kernels().copyChannels(scores, 0, rows(objectness), from, anchors);
      pass.kernels()
          .copyChannels(numbers, 0, rows(deltas), Boxes.CORNERS * from, numbers.channels());
      from += anchors;
      pass.give(answers.scores());
      pass.give(answers.deltas());
    }
  }

  /** From the gradients of the answers, which are left, to those of the levels. */
  List<Tensor> backward(Pass pass, Tensor dObjectness, Tensor dDeltas) {
    GradientSum sum = new GradientSum(pass, shared);
    List<Tensor> dLevels = new ArrayList<>();
    int from = 0;
    for (int level = 0; level < levels.size(); level++) {
      Tensor map = levels.get(level);
      long batch = dObjectness.size(0);
      Tensor dScore = pass.membrane(batch, map.size(1), map.size(2), AnchorGrid.PER_CELL);
      Tensor dDelta = pass.membrane(batch, map.size(1), map.size(2), NUMBERS);
      int anchors = rows(dScore).channels();
      int numbers = rows(dDelta).channels();
      pass.kernels().copyChannels(rows(dObjectness), from, rows(dScore), 0, anchors);
      pass.kernels().copyChannels(rows(dDeltas), Boxes.CORNERS * from, rows(dDelta), 0, numbers);
      from += anchors;
      Tensor dU = predictors.get(level).backward(pass, dScore, dDelta);
      pass.give(dScore);
      pass.give(dDelta);
      dLevels.add(convolutions.get(level).backward(pass, dU));
      pass.give(dU);
      sum.add();
    }
    sum.finish();
    return dLevels;
  }

  /** The anchors of levels of these sizes. */
  static List<AnchorGrid> grids(List<Tensor> levels, List<Integer> strides) {
    List<AnchorGrid> grids = new ArrayList<>();
    for (int level = 0; level < levels.size(); level++) {
      Tensor map = levels.get(level);
      grids.add(new AnchorGrid((int) map.size(1), (int) map.size(2), strides.get(level)));
    }
    return grids;
  }

  /** The numbers of an image as one row. */
  private static Tensor rows(Tensor answers) {
    long batch = answers.size(0);
    return answers.reshape(batch, answers.elements() / batch);
  }
}
