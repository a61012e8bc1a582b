package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Copies;
import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.SpikingConvolution.Window;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * Spike-driven box head (Girshick, 2015): pooled regions U [T*R, 7, 7, C] to logits [R, classes +
 * 1] and deltas [R, classes * 4].
 *
 * <pre>
 * X = FC2(SN(FC1(SN(U))));  logits = FC(SN(X)),  deltas = FC(SN(X))      means over T
 * </pre>
 *
 * <p>With {@link MaskRcnn.Predictor#MEMBRANE} the last two read X itself. A normalisation may
 * follow FC1 and FC2.
 */
final class BoxHead {
  private static final int SIDE = 7;

  private final RegionPooling pooling;
  private final SpikingConvolution first;
  private final SpikingConvolution second;
  private final PredictorPair predictors;
  private Tensor pooled;
  private Tensor hidden;

  /**
   * The head.
   *
   * @param strides of the levels that regions are taken from
   */
  BoxHead(
      Parameters p,
      Layers layers,
      NeuronConfig neuron,
      MaskRcnn form,
      int classes,
      List<Integer> strides) {
    int hidden = form.hiddenWidth();
    OutputMap one = OutputMap.regions(Copies.BOX_REGIONS, 1);
    pooling = new RegionPooling(SIDE, strides);
    first =
        SpikingConvolution.fullyConnected(
            p,
            layers,
            "fc1",
            neuron,
            new Window(form.neckWidth(), hidden, SIDE),
            form.hiddenNorm(),
            one);
    second =
        SpikingConvolution.fullyConnected(
            p, layers, "fc2", neuron, new Window(hidden, hidden, 1), form.hiddenNorm(), one);
    boolean spikes = form.predictor() == MaskRcnn.Predictor.SPIKES;
    String name = layers.name("box_score_delta");
    int numbers = Boxes.CORNERS * classes;
    predictors =
        new PredictorPair(
            Predictor.linear(p, "box_score", hidden, classes + 1, Predictor.Initial.NORMAL),
            Predictor.linear(p, "box_delta", hidden, numbers, Predictor.Initial.SMALL),
            spikes ? SpikingNeurons.of(name, neuron) : null);
    Operation both = new Operation("linear", (long) hidden * (classes + 1 + numbers));
    layers.add(CountedLayer.of(name, one, both).reading(spikes ? name : null));
  }

  /** The answers for the regions of the images in turn, at least one. */
  PredictorPair.Answers forward(Pass pass, List<Tensor> levels, List<Boxes> regions) {
    pooled = pooling.forward(pass, levels, regions);
    hidden = first.membrane(pass, Drive.of(pooled));
    pass.done(pooled);
    Tensor u = second.membrane(pass, Drive.of(hidden));
    pass.done(hidden);
    return predictors.forward(pass, u);
  }

  /** From the gradients of the answers, which are left; adds to those of the levels. */
  void backward(Pass pass, Tensor dLogits, Tensor dDeltas, List<Tensor> dLevels) {
    Tensor dU = predictors.backward(pass, dLogits, dDeltas);
    Tensor dHidden = second.backward(pass, dU);
    pass.spent(hidden);
    pass.give(dU);
    Tensor dPooled = first.backward(pass, dHidden);
    pass.spent(pooled);
    pass.give(dHidden);
    pooling.backward(pass, dPooled, dLevels);
    pass.give(dPooled);
  }
}
