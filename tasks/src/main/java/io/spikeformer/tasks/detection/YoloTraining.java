package io.spikeformer.tasks.detection;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.Hits;
import io.spikeformer.tasks.YoloWeights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step of a one-stage detector on one batch. It chooses no regions.
 *
 * @param batch with {@link ObjectTargets}
 */
record YoloTraining(Batch batch, YoloHeadSpec spec, YoloWeights weights) implements BatchLoss {
  @Override
  public Judgement of(Outputs outputs, Kernels kernels) {
    List<TrainedObjects> images = ObjectTargets.of(batch);
    for (int i = 0; i < images.size(); i++) {
      images.get(i).requireClasses(batch.keys().get(i), spec.outputs());
    }
    YoloLoss.Parts found = new YoloLoss(spec, weights, images).of(outputs);
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("box", found.box());
    parts.put("objectness", found.objectness());
    parts.put("class", found.classes());
    double loss = parts.values().stream().mapToDouble(Double::doubleValue).sum();
    return new Judgement(loss, new Hits(found.hits(), found.of()), parts);
  }
}
