package io.spikeformer.tasks.segmentation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.ChosenSamples;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.HeadKind;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.TaskResult;
import io.spikeformer.tasks.Teaching;
import io.spikeformer.tasks.TrainingDraw;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A class for every pixel. */
public record Segmentation() implements Task {
  @Override
  public String id() {
    return truth().task();
  }

  @Override
  public TruthKind truth() {
    return TruthKind.LABEL_MAP;
  }

  @Override
  public TargetMaker targets() {
    return LabelMaps::moved;
  }

  @Override
  public Optional<String> misfit(NetworkConfig network) {
    return HeadKind.of(network).misfit(id(), "a Semantic FPN", "model.semantic-fpn.neck-width");
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
    return new PixelLoss(batch, settings.divisor());
  }

  @Override
  public boolean teachable() {
    return false;
  }

  @Override
  public Figure trainingFigure(long hits, long of) {
    return pixelAccuracy(hits, of);
  }

  /** Pixels that were taken for their class. */
  static Figure pixelAccuracy(long hits, long of) {
    return Figure.share("pixelAccuracy", "Pixel accuracy", "pixel accuracy", hits, of);
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
    if (outputs > LabelMap.IGNORED) {
      throw new UserException(
          "%s and %s: expected at most %s classes of pixels, found %s; give data of fewer classes",
          model.model(), data, LabelMap.IGNORED, outputs);
    }
    return new SegmentationScoring(classes, model.warning(data).orElse(""));
  }

  @Override
  public TaskResult read(ObjectNode evaluation) throws JsonProcessingException {
    return SegmentationResult.read(evaluation);
  }

  @Override
  public List<Class<?>> countTypes() {
    List<Class<?>> types = new ArrayList<>(ChosenSamples.types());
    types.addAll(List.of(SegmentationCounts.class, long[].class));
    return types;
  }
}
