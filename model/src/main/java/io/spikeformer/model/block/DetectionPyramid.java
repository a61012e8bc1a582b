package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.PoolingWindow;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The feature pyramid of a detector: the outputs of a {@link FeaturePyramid}, and as one more level
 * every second pixel of the last.
 */
final class DetectionPyramid {
  private static final PoolingWindow EVERY_SECOND = new PoolingWindow(1, 2, 0);

  private final FeaturePyramid pyramid;
  private final FeaturePyramid.Form form;
  private List<Tensor> levels = List.of();

  DetectionPyramid(Parameters p, Layers layers, NeuronConfig neuron, FeaturePyramid.Form form) {
    this.form = form;
    p.begin(Part.NECK);
    pyramid = new FeaturePyramid(p, layers, neuron, form);
  }

  /** Where the levels are. */
  List<OutputMap> levels() {
    List<OutputMap> maps = new ArrayList<>();
    for (int level = 0; level < form.levels(); level++) {
      maps.add(form.output(level));
    }
    OutputMap smallest = maps.get(form.levels() - 1);
    maps.add(new OutputMap(smallest.input(), smallest.size().andThen(EVERY_SECOND::outputSize)));
    return maps;
  }

  /** The levels in float32, which the way back needs; the maps are left. */
  List<Tensor> forward(Pass pass, List<Tensor> maps) {
    levels = new ArrayList<>(pyramid.membranes(pass, maps));
    Tensor last = levels.get(levels.size() - 1);
    Tensor more =
        pass.membrane(
            last.size(0),
            EVERY_SECOND.outputSize(last.size(1)),
            EVERY_SECOND.outputSize(last.size(2)),
            last.channels());
    pass.kernels().maxPool(EVERY_SECOND, last, more);
    levels.add(more);
    return levels;
  }

  /**
   * Gives back the levels, which have been read for the last time, except what its way back reads.
   */
  void areRead(Pass pass) {
    int last = form.levels() - 1;
    for (int level = 0; level < levels.size(); level++) {
      if (level != last) {
        pass.spent(levels.get(level));
      }
    }
  }

  /** From the gradients of the levels, which are given back, to those of the maps. */
  List<Tensor> backward(Pass pass, List<Tensor> dLevels) {
    int own = form.levels();
    Tensor last = levels.get(own - 1);
    Tensor dLast = dLevels.get(own - 1);
    Tensor fromMore = pass.membrane(dLast.shape());
    pass.kernels().maxPoolBackward(EVERY_SECOND, last, dLevels.get(own), fromMore);
    pass.spent(last);
    pass.kernels().add(dLast, fromMore, dLast);
    pass.give(fromMore);
    pass.give(dLevels.get(own));
    return pyramid.backward(pass, dLevels.subList(0, own));
  }
}
