package io.spikeformer.tasks.detection;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.Hits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training step of a detector: that of its head. A head of one stage asks for no regions.
 *
 * @param batch with {@link ObjectTargets}
 * @param twoStages the step of a Mask R-CNN on the same batch
 */
record DetectorTraining(Batch batch, MaskRcnnTraining twoStages) implements BatchLoss {
  @Override
  public Optional<RegionChooser> regions() {
    return twoStages.regions();
  }

  @Override
  public Judgement of(Outputs outputs, Kernels kernels) {
    return outputs
        .head(YoloHeadSpec.class)
        .map(spec -> ofOneStage(spec, outputs))
        .orElseGet(() -> twoStages.of(outputs, kernels));
  }

  private Judgement ofOneStage(YoloHeadSpec spec, Outputs outputs) {
    List<TrainedObjects> images = ObjectTargets.of(batch);
    for (int i = 0; i < images.size(); i++) {
      images.get(i).requireClasses(batch.keys().get(i), spec.outputs());
    }
    YoloLoss.Parts found = new YoloLoss(spec, images).of(outputs);
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("box", found.box());
    parts.put("objectness", found.objectness());
    parts.put("class", found.classes());
    double loss = parts.values().stream().mapToDouble(Double::doubleValue).sum();
    return new Judgement(loss, new Hits(found.hits(), found.of()), parts);
  }
}
