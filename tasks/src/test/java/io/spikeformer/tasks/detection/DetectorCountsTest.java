package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.tasks.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DetectorCountsTest {
  private static final List<String> NAMES = List.of("disc", "square");
  private static final Size SIZE = new Size(40, 60);
  private static final List<IouType> BOTH = List.of(IouType.values());

  @Test
  void anyGroupingOfTheShardsGivesTheSame() throws Exception {
    DetectorCounts whole = counts(List.of(0, 1, 2, 3, 4));
    DetectorCounts left = counts(List.of(3, 0));
    DetectorCounts right = counts(List.of(4));
    right.merge(counts(List.of(1, 2)));
    left.merge(right);
    DetectionOutcome outcome = whole.outcome(NAMES, true);
    assertThat(left.outcome(NAMES, true)).isEqualTo(outcome);
    assertThat(outcome.figures()).extracting(Figure::value).allMatch(value -> value > 0);
    assertThat(outcome.examples()).hasSize(6);
    assertThat(outcome.worst()).hasSize(6);
    assertThat(outcome.worst().get(0).tally().faults())
        .isGreaterThanOrEqualTo(outcome.worst().get(5).tally().faults());
    assertThat(DetectionOutcome.read(outcome.fields())).isEqualTo(outcome);
    assertThat(outcome.fields().at("/regionsPerImage/boxes").asDouble()).isEqualTo(7);
  }

  /** Images whose scores are often equal, so that their order matters. */
  private static DetectorCounts counts(List<Integer> shards) {
    DetectorCounts counts = new DetectorCounts(NAMES.size());
    for (int shard : shards) {
      Random random = new Random(shard);
      for (int row = 0; row < 5; row++) {
        List<DetectedObject> objects = new ArrayList<>();
        List<Detection> detections = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Rect box = new Rect(random.nextInt(30), random.nextInt(20), 10, 12);
          Rect near = new Rect(box.x() + random.nextInt(4), box.y(), 10, 12);
          objects.add(object(random.nextInt(2), box));
          double score = 0.5 + 0.1 * random.nextInt(3);
          detections.add(found(random.nextInt(2), score, near));
        }
        add(counts, shard, shard + "/" + row, objects, new FoundObjects(detections, BOTH, 7, 4));
      }
    }
    return counts;
  }

  @Test
  void nothingToFindIsUndefinedAndSaid() {
    DetectorCounts counts = new DetectorCounts(NAMES.size());
    Rect box = new Rect(1, 1, 5, 5);
    add(counts, 0, "a", List.of(), new FoundObjects(List.of(found(0, 0.9, box)), BOTH, 3, 1));
    DetectionOutcome outcome = counts.outcome(NAMES, true);
    assertThat(outcome.figures()).extracting(Figure::value).containsOnly(Double.NaN);
    assertThat(outcome.notes())
        .containsExactly("No image has an object that counts: every figure is undefined (NaN).");
    assertThat(outcome.sections()).isNotEmpty();
    assertThat(outcome.worst()).hasSize(1);
  }

  @Test
  void masksAreLeftOutOfBoxesAlone() {
    Rect box = new Rect(2, 3, 10, 10);
    DetectedObject alone =
        new DetectedObject(1, 0, ObjectKind.INSTANCE, box, 100, Optional.empty());
    DetectorCounts truth = new DetectorCounts(NAMES.size());
    add(truth, 0, "a", List.of(alone), new FoundObjects(List.of(found(0, 1, box)), BOTH, 3, 1));
    DetectionOutcome outcome = truth.outcome(NAMES, true);
    assertThat(outcome.masks()).isEmpty();
    assertThat(outcome.notes())
        .containsExactly(
            "1 of 2 classes have no object: they are left out of every mean.",
            "1 objects are boxes alone: masks were not scored.");

    DetectorCounts detector = new DetectorCounts(NAMES.size());
    Detection unmasked = new Detection(0, 0.5, Optional.of(box), Optional.empty());
    FoundObjects found = new FoundObjects(List.of(unmasked), List.of(IouType.BOX), 0, 0);
    add(detector, 0, "a", List.of(object(0, box)), found);
    assertThat(detector.outcome(NAMES, true).masks()).isEmpty();
    assertThat(detector.outcome(NAMES, true).figures())
        .extracting(Figure::name)
        .containsExactly("boxAp", "boxAp50");
  }

  @Test
  void identicalBoxesAndASinglePixelAreScored() {
    DetectorCounts counts = new DetectorCounts(NAMES.size());
    Rect pixel = new Rect(0, 0, 1, 1);
    Rle mask = Rle.ofCounts(1, 1, 0, 1);
    DetectedObject object = new DetectedObject(1, 0, ObjectKind.INSTANCE, pixel, 1, mask);
    Detection detection = new Detection(0, 0.9, Optional.of(pixel), Optional.of(mask));
    counts.add(
        0,
        new DetectorCounts.Image("dot", new Size(1, 1), List.of(object, object)),
        new FoundObjects(List.of(detection, detection), BOTH, 1, 2),
        Optional.of(() -> new RgbImage(1, 1, new byte[3])));
    DetectionOutcome outcome = counts.outcome(NAMES, true);
    assertThat(outcome.primary().value()).isGreaterThan(0.999);
    assertThat(outcome.masks().orElseThrow().figures().get(DetectionFigure.AP))
        .isGreaterThan(0.999);
    assertThat(outcome.sections()).hasSize(4);
  }

  private static void add(
      DetectorCounts counts,
      int shard,
      String key,
      List<DetectedObject> objects,
      FoundObjects found) {
    RgbImage image = new RgbImage(SIZE.height(), SIZE.width(), new byte[40 * 60 * 3]);
    counts.add(
        shard, new DetectorCounts.Image(key, SIZE, objects), found, Optional.of(() -> image));
  }

  private static DetectedObject object(int label, Rect box) {
    return new DetectedObject(1, label, ObjectKind.INSTANCE, box, box.area(), mask(box));
  }

  private static Detection found(int label, double score, Rect box) {
    return new Detection(label, score, Optional.of(box), Optional.of(mask(box)));
  }

  private static Rle mask(Rect box) {
    double[] corners = {
      box.x(), box.y(), box.right(), box.y(), box.right(), box.bottom(), box.x(), box.bottom()
    };
    return Rle.ofPolygon(SIZE.height(), SIZE.width(), corners);
  }
}
