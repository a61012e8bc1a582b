package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectionCountsTest {
  private static final List<String> NAMES = List.of("cat", "dog", "bird");

  /** A hit and nothing else has a precision of 1 / (1 + ulp): 1 to this. */
  private static final double EXACT = 1e-12;

  @Test
  void oneHitIsPerfectAndClassesWithoutObjectsAreLeftOut() {
    DetectionResult result =
        score(List.of(object(0, 10, 10, 20, 20)), List.of(found(0, 0.5, 10, 10, 20, 20)));
    assertThat(result.figures().get(DetectionFigure.AP)).isEqualTo(1, within(EXACT));
    assertThat(result.figures().get(DetectionFigure.APS)).isEqualTo(1, within(EXACT));
    assertThat(result.figures().get(DetectionFigure.APM)).isEqualTo(PrecisionRecall.UNDEFINED);
    assertThat(result.figures().get(DetectionFigure.AR1)).isEqualTo(1, within(EXACT));
    assertThat(result.classes().get(0).figures().get(DetectionFigure.AP))
        .isEqualTo(1, within(EXACT));
    assertThat(result.classes().get(1).figures().get(DetectionFigure.AP))
        .isEqualTo(PrecisionRecall.UNDEFINED);
    assertThat(result.classes().get(1).precision()).isEmpty();
    assertThat(result.toJson().at("/classes/1/figures/AP").isNull()).isTrue();
  }

  @Test
  void nothingFoundIsZeroAndNothingToFindIsUndefined() {
    DetectionResult missed = score(List.of(object(0, 0, 0, 9, 9)), List.of());
    assertThat(missed.figures().get(DetectionFigure.AP)).isZero();
    assertThat(missed.figures().get(DetectionFigure.AR100)).isZero();
    DetectionResult nothing = score(List.of(), List.of(found(0, 0.9, 0, 0, 9, 9)));
    assertThat(nothing.figures().values()).containsOnly(PrecisionRecall.UNDEFINED);
    assertThat(nothing.curves()).isEmpty();
  }

  @Test
  void aFalsePositiveInAnImageWithoutObjectsCosts() {
    DetectionCounts counts = new DetectionCounts(IouType.BOX, 3);
    counts.add(1, List.of(), List.of(found(0, 0.9, 0, 0, 50, 50)));
    counts.add(2, List.of(object(0, 0, 0, 50, 50)), List.of(found(0, 0.8, 0, 0, 50, 50)));
    DetectionResult result = DetectionResult.of(counts, NAMES);
    assertThat(result.figures().get(DetectionFigure.AP)).isEqualTo(0.5, within(EXACT));
    assertThat(result.images()).isEqualTo(2);
  }

  @Test
  void ofEqualOverlapsTheLaterObjectIsTaken() {
    // both objects fit equally; the second detection fits the first object alone
    List<DetectedObject> objects = List.of(object(0, 0, 0, 10, 10), object(0, 0, 0, 10, 10));
    ObjectMatching matching =
        new ObjectMatching(objects, List.of(found(0, 0.9, 0, 0, 10, 10)), IouType.BOX);
    assertThat(matching.outcomes(AreaRange.ALL)).containsExactly(ALL_MATCHED);
    List<DetectedObject> unequal = List.of(object(0, 0, 0, 10, 10), object(0, 10, 0, 10, 10));
    List<Detection> between = List.of(found(0, 0.9, 5, 0, 10, 10), found(0, 0.8, 0, 0, 10, 10));
    // 1/3 is below every threshold: the second one finds the first object free
    assertThat(new ObjectMatching(unequal, between, IouType.BOX).outcomes(AreaRange.ALL))
        .containsExactly(0, ALL_MATCHED);
    // IoU 0.6 with both: the later is taken, so the first stays free for the second detection
    List<DetectedObject> near = List.of(object(0, 0, 0, 8, 10), object(0, 4, 0, 8, 10));
    List<Detection> both = List.of(found(0, 0.9, 2, 0, 8, 10), found(0, 0.8, 0, 0, 8, 10));
    int[] outcomes = new ObjectMatching(near, both, IouType.BOX).outcomes(AreaRange.ALL);
    assertThat(outcomes[0]).isEqualTo(0b111);
    assertThat(outcomes[1]).isEqualTo(ALL_MATCHED);
  }

  @Test
  void anOverlapEqualToTheThresholdMatches() {
    // 75 of 100 pixels, exact in binary
    int[] outcomes =
        new ObjectMatching(
                List.of(object(0, 0, 0, 10, 10)),
                List.of(found(0, 0.9, 0, 0, 7.5, 10)),
                IouType.BOX)
            .outcomes(AreaRange.ALL);
    assertThat(outcomes).containsExactly(0b111111);
  }

  @Test
  void aCrowdTakesAnyNumberAndIsIgnored() {
    DetectedObject crowd =
        new DetectedObject(
            1, 0, ObjectKind.CROWD, new Rect(0, 0, 100, 100), 10_000, Optional.empty());
    DetectedObject one = object(0, 0, 0, 50, 50);
    List<Detection> found =
        List.of(
            found(0, 0.9, 0, 0, 50, 50), found(0, 0.8, 0, 0, 50, 50), found(0, 0.7, 60, 60, 9, 9));
    int[] outcomes =
        new ObjectMatching(List.of(crowd, one), found, IouType.BOX).outcomes(AreaRange.ALL);
    assertThat(outcomes)
        .containsExactly(ALL_MATCHED, ALL_MATCHED | ALL_IGNORED, ALL_MATCHED | ALL_IGNORED);
    DetectionResult result = score(List.of(crowd, one), found);
    assertThat(result.figures().get(DetectionFigure.AP)).isEqualTo(1, within(EXACT));
    assertThat(result.classes().get(0).objects()).isEqualTo(1);
  }

  @Test
  void anObjectThatCountsIsPreferredToAnIgnoredOneOfHigherOverlap() {
    DetectedObject exact = object(0, 0, 0, 40, 40);
    DetectedObject small = object(0, 0, 0, 32, 32);
    // the detection is the medium object's, except where small objects alone count
    List<Detection> found = List.of(found(0, 0.9, 0, 0, 40, 40));
    ObjectMatching matching = new ObjectMatching(List.of(exact, small), found, IouType.BOX);
    assertThat(matching.counted(AreaRange.SMALL)).isEqualTo(1);
    // 1024 of 1600 pixels: up to 0.60; above that the ignored object is taken
    assertThat(matching.outcomes(AreaRange.SMALL))
        .containsExactly(ALL_MATCHED | (ALL_IGNORED & ~(0b111 << CocoGrid.THRESHOLDS)));
  }

  @Test
  void theEndsOfARangeBelongToIt() {
    assertThat(AreaRange.SMALL.contains(1024)).isTrue();
    assertThat(AreaRange.MEDIUM.contains(1024)).isTrue();
    assertThat(AreaRange.MEDIUM.contains(9216)).isTrue();
    assertThat(AreaRange.LARGE.contains(9216)).isTrue();
    assertThat(AreaRange.SMALL.contains(Math.nextUp(1024.0))).isFalse();
    assertThat(AreaRange.MEDIUM.contains(Math.nextDown(1024.0))).isFalse();
    assertThat(AreaRange.SMALL.contains(0)).isTrue();
  }

  @Test
  void anUnmatchedDetectionOutsideTheRangeIsIgnored() {
    List<Detection> found = List.of(found(0, 0.9, 100, 100, 100, 100));
    ObjectMatching matching =
        new ObjectMatching(List.of(object(0, 0, 0, 5, 5)), found, IouType.BOX);
    assertThat(matching.outcomes(AreaRange.SMALL)).containsExactly(ALL_IGNORED);
    assertThat(matching.outcomes(AreaRange.LARGE)).containsExactly(0);
  }

  @Test
  void theHundredBestCountAndOfEqualScoresTheFirst() {
    List<Detection> found = new ArrayList<>(Collections.nCopies(100, found(0, 0.5, 70, 0, 9, 9)));
    found.add(found(0, 0.5, 0, 0, 9, 9));
    List<DetectedObject> objects = List.of(object(0, 0, 0, 9, 9));
    assertThat(score(objects, found).figures().get(DetectionFigure.AR100)).isZero();
    assertThat(score(objects, found).detections()).isEqualTo(100);
    found.set(100, found(0, Math.nextUp(0.5), 0, 0, 9, 9));
    assertThat(score(objects, found).figures().get(DetectionFigure.AR1)).isEqualTo(1);
  }

  @Test
  void minusZeroIsNoLowerScoreThanZero() {
    List<Detection> found = List.of(found(0, -0.0, 0, 0, 9, 9), found(0, 0.0, 70, 0, 9, 9));
    DetectionResult result = score(List.of(object(0, 0, 0, 9, 9)), found);
    assertThat(result.figures().get(DetectionFigure.AR1)).isEqualTo(1);
  }

  @Test
  void masksAreComparedByTheirPixels() {
    Rle truth = Rle.encode(2, 4, new byte[] {1, 1, 0, 0, 1, 1, 0, 0});
    Rle found = Rle.encode(2, 4, new byte[] {1, 1, 1, 0, 1, 1, 0, 0});
    DetectionCounts counts = new DetectionCounts(IouType.MASK, 3);
    Rect box = new Rect(0, 0, 4, 2);
    counts.add(
        5,
        List.of(new DetectedObject(1, 2, ObjectKind.INSTANCE, box, 4, truth)),
        List.of(new Detection(2, 0.4, Optional.empty(), Optional.of(found))));
    // 4 of 5 pixels: thresholds 0.50 to 0.80
    assertThat(DetectionResult.of(counts, NAMES).figures().get(DetectionFigure.AR100))
        .isEqualTo(0.7, within(EXACT));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void countsOfDisjointImagesMergeExactlyInAnyOrder(int parts) throws Exception {
    Random random = new Random(7);
    DetectionCounts whole = new DetectionCounts(IouType.BOX, 3);
    List<DetectionCounts> all = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      all.add(new DetectionCounts(IouType.BOX, 3));
    }
    for (int image = 0; image < 60; image++) {
      List<DetectedObject> objects = new ArrayList<>();
      List<Detection> found = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        objects.add(object(random.nextInt(3), random.nextInt(9), 0, 10 + random.nextInt(90), 40));
      }
      for (int i = random.nextInt(140); i > 0; i--) {
        // few different scores: many ties
        double score = random.nextInt(4) / 4.0;
        found.add(
            found(random.nextInt(3), score, random.nextInt(9), 0, 10 + random.nextInt(90), 40));
      }
      whole.add(image, objects, found);
      all.get(random.nextInt(parts)).add(image, objects, found);
    }
    Collections.shuffle(all, random);
    DetectionCounts merged = new DetectionCounts(IouType.BOX, 3);
    for (DetectionCounts part : all) {
      merged.merge(copy(part));
    }
    assertThat(DetectionResult.of(merged, NAMES)).isEqualTo(DetectionResult.of(whole, NAMES));
    assertThat(DetectionResult.of(merged, NAMES).figures().get(DetectionFigure.AP))
        .isBetween(0.01, 0.99);
  }

  @Test
  void otherCountsAndClassesAreRefused() {
    DetectionCounts counts = new DetectionCounts(IouType.BOX, 3);
    assertThatThrownBy(() -> counts.merge(new DetectionCounts(IouType.MASK, 3)))
        .hasMessage("detection counts: expected those of the same kind");
    assertThatThrownBy(() -> counts.add(1, List.of(object(3, 0, 0, 1, 1)), List.of()))
        .hasMessage("class: expected 0 to 2, found 3");
    assertThatThrownBy(() -> DetectionResult.of(counts, List.of("cat")))
        .hasMessage("detection result: expected 3 names of classes, found 1");
    assertThatThrownBy(() -> new Detection(0, Double.NaN, Optional.empty(), Optional.empty()))
        .hasMessageStartingWith("detection: expected a class >= 0, a finite score");
  }

  @Test
  void linesAreThoseOfPycocotools() {
    assertThat(DetectionFigure.AP.line(0.5034))
        .isEqualTo(
            " Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.503");
    assertThat(DetectionFigure.AP75.line(-1))
        .isEqualTo(
            " Average Precision  (AP) @[ IoU=0.75      | area=   all | maxDets=100 ] = -1.000");
    assertThat(DetectionFigure.AR10.line(1))
        .isEqualTo(
            " Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets= 10 ] = 1.000");
    assertThat(DetectionFigure.ARM.line(0))
        .isEqualTo(
            " Average Recall     (AR) @[ IoU=0.50:0.95 | area=medium | maxDets=100 ] = 0.000");
  }

  private static final int ALL_MATCHED = (1 << CocoGrid.THRESHOLDS) - 1;
  private static final int ALL_IGNORED = ALL_MATCHED << CocoGrid.THRESHOLDS;

  private static DetectionResult score(List<DetectedObject> objects, List<Detection> found) {
    DetectionCounts counts = new DetectionCounts(IouType.BOX, 3);
    counts.add(1, objects, found);
    return DetectionResult.of(counts, NAMES);
  }

  private static DetectedObject object(int label, double x, double y, double width, double height) {
    Rect box = new Rect(x, y, width, height);
    return new DetectedObject(1, label, ObjectKind.INSTANCE, box, box.area(), Optional.empty());
  }

  private static Detection found(
      int label, double score, double x, double y, double width, double height) {
    return new Detection(
        label, score, Optional.of(new Rect(x, y, width, height)), Optional.empty());
  }

  private static DetectionCounts copy(DetectionCounts counts)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(counts);
    }
    ByteArrayInputStream stream = new ByteArrayInputStream(bytes.toByteArray());
    try (ObjectInputStream in = new ObjectInputStream(stream)) {
      return (DetectionCounts) in.readObject();
    }
  }
}
