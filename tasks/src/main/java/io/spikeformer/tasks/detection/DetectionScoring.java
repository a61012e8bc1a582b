package io.spikeformer.tasks.detection;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.tasks.Answered;
import io.spikeformer.tasks.Answerer;
import io.spikeformer.tasks.Column;
import io.spikeformer.tasks.Counts;
import io.spikeformer.tasks.Scored;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.TaskResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Scores detections by the objects of the stored images, whatever network has found them. There is
 * no loss: that of training needs samples of regions.
 *
 * @param names of the classes by label
 * @param unchecked what to say if classes were not compared; else empty
 */
record DetectionScoring(List<String> names, String unchecked) implements Scoring {
  private static final long serialVersionUID = 1;

  @Override
  public TargetMaker targets() {
    return StoredObjects::of;
  }

  @Override
  public void answer(Batch batch, InputConfig input, Answerer model, AnswerUse use)
      throws IOException {
    use.accept(DetectorAnswer.ask(batch, model));
  }

  @Override
  public Counts counts(int timesteps) {
    return new DetectorCounts(names.size());
  }

  @Override
  public Scored add(Counts counts, Answered answered) {
    DetectorCounts sums = (DetectorCounts) counts;
    Batch batch = answered.batch();
    StoredObjects truth = (StoredObjects) batch.targets();
    List<FoundObjects> found = found(answered);
    for (int i = 0; i < batch.size(); i++) {
      int sample = i;
      String key = batch.keys().get(i);
      List<DetectedObject> objects = truth.objects().get(i);
      requireClasses(key, objects);
      Optional<Supplier<RgbImage>> picture =
          answered.input() instanceof TransformConfig images
              ? Optional.of(() -> batch.image(sample, images.normalisation()))
              : Optional.empty();
      DetectorCounts.Image image = new DetectorCounts.Image(key, truth.size(i), objects);
      sums.add(answered.shard(), image, found.get(i), picture);
    }
    return new Scored(OptionalDouble.empty(), () -> rows(truth, found));
  }

  private void requireClasses(String key, List<DetectedObject> objects) {
    for (DetectedObject object : objects) {
      if (object.label() >= names.size()) {
        throw new UserException(
            "sample %s, annotation %s: expected a class from 0 to %s, found %s; prepare the data"
                + " again",
            key, object.id(), names.size() - 1, object.label());
      }
    }
  }

  private static List<FoundObjects> found(Answered answered) {
    StoredObjects truth = (StoredObjects) answered.batch().targets();
    return new DetectorAnswer(truth.plans(), answered.outputs()).found(answered.batch().keys());
  }

  @Override
  public List<Column> columns() {
    return List.of(
        new Column("height", Column.Kind.INTEGER, Column.Shape.SINGLE),
        new Column("width", Column.Kind.INTEGER, Column.Shape.SINGLE),
        new Column("labels", Column.Kind.INTEGER, Column.Shape.LIST),
        new Column("scores", Column.Kind.FLOAT, Column.Shape.LIST),
        new Column("boxes", Column.Kind.FLOAT, Column.Shape.LIST),
        new Column("masks", Column.Kind.TEXT, Column.Shape.LIST));
  }

  private static List<List<?>> rows(StoredObjects truth, List<FoundObjects> found) {
    List<List<?>> rows = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      List<Detection> detections = found.get(i).detections();
      Size size = truth.size(i);
      rows.add(
          List.of(
              size.height(),
              size.width(),
              detections.stream().map(Detection::label).toList(),
              detections.stream().map(detection -> (float) detection.score()).toList(),
              detections.stream()
                  .flatMap(detection -> detection.box().stream())
                  .flatMap(DetectionScoring::numbers)
                  .toList(),
              detections.stream()
                  .flatMap(detection -> detection.mask().stream())
                  .map(Rle::compressed)
                  .toList()));
    }
    return rows;
  }

  private static Stream<Float> numbers(Rect box) {
    return Stream.of(box.x(), box.y(), box.width(), box.height()).map(Double::floatValue);
  }

  @Override
  public TaskResult result(Counts counts) {
    return ((DetectorCounts) counts).outcome(names, unchecked.isEmpty());
  }

  @Override
  public Optional<String> warning() {
    return unchecked.isEmpty() ? Optional.empty() : Optional.of(unchecked);
  }
}
