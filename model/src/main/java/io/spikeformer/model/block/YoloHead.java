package io.spikeformer.model.block;

import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Spike-driven one-stage detector after YOLOv5 (paper, Table 9) behind three maps of a backbone,
 * with the outputs of {@link YoloHeadSpec}: a {@link PathAggregation}, and a last layer for each of
 * its levels. All T run through, and the answers are averaged.
 */
final class YoloHead extends Block implements NamedOutputs {
  private final PathAggregation neck;
  private final List<YoloAnswers> answers = new ArrayList<>();
  private final int perCell;
  private final int numbers;
  private final OutputParts parts = new OutputParts();

  YoloHead(NeuronConfig neuron, YoloHeadSpec spec) {
    super(spec.name());
    Parameters p = parameters();
    Layers layers = declare();
    List<Integer> widths = spec.form().widths();
    perCell = spec.form().perCell();
    numbers = YoloHeadSpec.NUMBERS + spec.outputs();
    p.begin(Part.NECK);
    neck = new PathAggregation(p, layers, neuron, spec.widths(), widths);
    p.begin(Part.HEAD);
    for (int level = 0; level < Yolo.LEVELS; level++) {
      answers.add(
          new YoloAnswers(
              p, layers, neuron, spec, level, widths.get(level), PathAggregation.MAPS.get(level)));
    }
  }

  @Override
  Tensor run(Pass pass, Tensor[] read) {
    List<Tensor> levels = neck.forward(pass, read[0], read[1], read[2]);
    Map<String, Tensor> all = new LinkedHashMap<>();
    List<Tensor> buffers = new ArrayList<>();
    for (int level = 0; level < levels.size(); level++) {
      Tensor answer = answers.get(level).forward(pass, levels.get(level));
      pass.done(levels.get(level));
      buffers.add(answer);
      all.put(
          YoloHeadSpec.answers(level),
          answer.reshape(answer.size(0), answer.size(1), answer.size(2), perCell, numbers));
    }
    Tensor output = parts.joined(pass, all);
    buffers.forEach(pass::give);
    return output;
  }

  @Override
  List<Tensor> runBackward(Pass pass, Tensor gradient) {
    Map<String, Tensor> d = parts(gradient);
    List<Tensor> dLevels = new ArrayList<>();
    for (int level = 0; level < answers.size(); level++) {
      Tensor own = d.get(YoloHeadSpec.answers(level));
      dLevels.add(
          answers
              .get(level)
              .backward(
                  pass, own.reshape(own.size(0), own.size(1), own.size(2), perCell * numbers)));
    }
    pass.give(gradient);
    return neck.backward(pass, dLevels);
  }

  @Override
  public Map<String, long[]> outputs() {
    return parts.shapes();
  }

  @Override
  public Map<String, Tensor> timesteps() {
    return Map.of();
  }
}
