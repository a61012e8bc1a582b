package io.spikeformer.tasks.segmentation;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.tasks.Answered;
import io.spikeformer.tasks.Answerer;
import io.spikeformer.tasks.Column;
import io.spikeformer.tasks.Counts;
import io.spikeformer.tasks.LossDivisor;
import io.spikeformer.tasks.Scored;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.TaskResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Scores logits by label maps at the size that these were prepared with: resized to the size that
 * the model saw, then to that of the map, and only then compared.
 *
 * @param names of the classes, in the order of their labels
 * @param unchecked what to say if classes were not compared; else empty
 */
record SegmentationScoring(List<String> names, String unchecked) implements Scoring {
  private static final long serialVersionUID = 1;

  @Override
  public TargetMaker targets() {
    return LabelMaps::original;
  }

  @Override
  public void answer(Batch batch, InputConfig input, Answerer model, AnswerUse use)
      throws IOException {
    PixelAnswer.ask(batch, input.window(), model, use);
  }

  @Override
  public Counts counts(int timesteps) {
    return new SegmentationCounts(names.size());
  }

  @Override
  public Scored add(Counts counts, Answered answered) {
    SegmentationCounts sums = (SegmentationCounts) counts;
    Batch batch = answered.batch();
    double loss = 0;
    List<LabelMap> truths = new ArrayList<>();
    List<LabelMap> maps = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      String key = batch.keys().get(i);
      LabelMap truth = truth(answered, i);
      PixelSweep.Found found = PixelSweep.over(answer(answered).logits(i), truth);
      truths.add(truth);
      maps.add(found.predicted());
      sums.add(truth, found.predicted());
      long labelled = LabelMaps.valid(truth);
      loss += LossDivisor.ALL.factor(truth.labels().length, labelled) * found.loss();
      if (sums.examples().want(0, key) && answered.input() instanceof TransformConfig images) {
        RgbImage image = batch.image(i, images.normalisation());
        sums.examples().add(0, key, Example.of(key, image, truth, found.predicted()));
      }
    }
    return new Scored(OptionalDouble.of(loss / batch.size()), () -> rows(truths, maps));
  }

  private LabelMap truth(Answered answered, int i) {
    String key = answered.batch().keys().get(i);
    LabelMap truth = ((LabelMaps) answered.batch().targets()).maps().get(i);
    LabelMaps.requireClasses(key, truth, names.size());
    return truth;
  }

  private static PixelAnswer answer(Answered answered) {
    List<Geometry> plans = ((LabelMaps) answered.batch().targets()).plans();
    return new PixelAnswer(answered.batch(), answered.input().window(), plans, answered.outputs());
  }

  @Override
  public List<Column> columns() {
    return List.of(
        new Column("labelled", Column.Kind.INTEGER, Column.Shape.SINGLE),
        new Column("right", Column.Kind.INTEGER, Column.Shape.SINGLE),
        new Column("label_map", Column.Kind.TEXT, Column.Shape.SINGLE));
  }

  private static List<List<?>> rows(List<LabelMap> truths, List<LabelMap> maps) {
    List<List<?>> rows = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      LabelMap truth = truths.get(i);
      String map = Base64.getEncoder().encodeToString(maps.get(i).encode());
      int labelled = (int) LabelMaps.valid(truth);
      rows.add(List.of(labelled, (int) LabelMaps.right(truth, maps.get(i)), map));
    }
    return rows;
  }

  @Override
  public TaskResult result(Counts counts) {
    return SegmentationResult.of((SegmentationCounts) counts, names, unchecked.isEmpty());
  }

  @Override
  public Optional<String> warning() {
    return unchecked.isEmpty() ? Optional.empty() : Optional.of(unchecked);
  }
}
