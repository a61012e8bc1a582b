package io.spikeformer.tasks.detection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.HeadKind;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.TaskResult;
import io.spikeformer.tasks.Teaching;
import io.spikeformer.tasks.TrainingDraw;
import java.util.List;
import java.util.Optional;

/** Objects with their classes, boxes and masks. */
public record Detection() implements Task {
  @Override
  public String id() {
    return truth().task();
  }

  @Override
  public TruthKind truth() {
    return TruthKind.OBJECTS;
  }

  @Override
  public TargetMaker targets() {
    return ObjectTargets::moved;
  }

  @Override
  public Optional<String> misfit(NetworkConfig network) {
    return HeadKind.of(network)
        .misfit(id(), "a Mask R-CNN or a YOLO", "model.mask-rcnn.neck-width or model.yolo.widths");
  }

  @Override
  public void requireMeaning(LossSettings settings) {
    settings.requireNoSmoothing(id());
  }

  @Override
  public BatchLoss loss(
      NetworkConfig network,
      Batch batch,
      LossSettings settings,
      Teaching teaching,
      TrainingDraw draw) {
    if (network.blocks().get(network.blocks().size() - 1) instanceof YoloHeadSpec spec) {
      return new YoloTraining(batch, spec, settings.yolo());
    }
    return new MaskRcnnTraining(batch, MaskRcnnTraining.Sampling.of(settings.regions(), draw));
  }

  @Override
  public boolean teachable() {
    return false;
  }

  @Override
  public Figure trainingFigure(long hits, long of) {
    return Figure.share(
        "regionAccuracy", "Classes of regions", "class accuracy of regions", hits, of);
  }

  @Override
  public List<String> names(List<String> classes) {
    return classes;
  }

  @Override
  public int outputs(List<String> classes) {
    return classes.size();
  }

  @Override
  public Scoring scoring(ModelClasses model, int outputs, String data, List<String> classes) {
    model.requireSame(data, classes, outputs);
    return new DetectionScoring(classes, model.warning(data).orElse(""));
  }

  @Override
  public TaskResult read(ObjectNode evaluation) throws JsonProcessingException {
    return DetectionOutcome.read(evaluation);
  }

  @Override
  public List<Class<?>> countTypes() {
    return DetectorCounts.types();
  }
}
