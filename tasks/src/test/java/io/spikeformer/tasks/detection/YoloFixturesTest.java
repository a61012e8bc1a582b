package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.Detections;
import io.spikeformer.model.box.YoloDetections;
import io.spikeformer.model.box.YoloLevel;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.DenseFixture;
import io.spikeformer.tasks.YoloWeights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Matching, loss and detections against recordings of PyTorch. */
class YoloFixturesTest {
  private static final YoloHeadSpec SPEC =
      new YoloHeadSpec("head", List.of("a", "b", "c"), List.of(8, 8, 16), 3, 8, Yolo.PUBLISHED);

  private static List<TrainedObjects> objects(Map<String, NpyArray> recorded) {
    List<TrainedObjects> images = new ArrayList<>();
    for (int i = 0; recorded.containsKey("target/boxes/" + i); i++) {
      images.add(
          new TrainedObjects(
              new Boxes(recorded.get("target/boxes/" + i).values()),
              integers(recorded.get("target/labels/" + i)),
              List.of()));
    }
    return images;
  }

  private static int[] integers(NpyArray array) {
    int[] integers = new int[array.values().length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (int) array.values()[i];
    }
    return integers;
  }

  private static Tensor tensor(NpyArray array) {
    long[] shape = new long[array.shape().length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = array.shape()[i];
    }
    return Tensor.of(array.values(), shape);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t1", "t2", "t4", "t1_odd", "t2_empty"})
  void matchesTheRecordedAnswers(String name) throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.yolo(name + ".npz");
    List<TrainedObjects> images = objects(recorded);
    for (int level = 0; level < Yolo.LEVELS; level++) {
      List<Integer> found = new ArrayList<>();
      long[] shape = tensor(recorded.get("train/answers/" + level)).shape();
      for (int image = 0; image < images.size(); image++) {
        for (YoloMatching.Match match :
            YoloMatching.of(
                YoloLevel.of(SPEC).get(level),
                (int) shape[1],
                (int) shape[2],
                images.get(image).boxes())) {
          found.addAll(List.of(image, match.object(), match.anchor(), match.row(), match.column()));
          found.add(images.get(image).labels()[match.object()]);
        }
      }
      assertThat(found.stream().mapToInt(Integer::intValue).toArray())
          .isEqualTo(integers(recorded.get("train/matches/" + level)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t1", "t2", "t4", "t1_odd", "t2_empty"})
  void hasTheRecordedLossesAndGradients(String name) throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.yolo(name + ".npz");
    Map<String, Tensor> values = new LinkedHashMap<>();
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    for (int level = 0; level < Yolo.LEVELS; level++) {
      Tensor answers = tensor(recorded.get("train/answers/" + level));
      Tensor gradient = Tensor.allocate(DataType.FLOAT32, answers.shape());
      gradient.zero();
      values.put(YoloHeadSpec.answers(level), answers);
      gradients.put(YoloHeadSpec.answers(level), gradient);
    }
    YoloLoss.Parts parts =
        new YoloLoss(SPEC, YoloWeights.PUBLISHED, objects(recorded))
            .of(new Outputs(values, gradients, Map.of()));
    assertThat(parts.box()).isCloseTo(loss(recorded, "box"), within(1e-5));
    assertThat(parts.objectness()).isCloseTo(loss(recorded, "objectness"), within(1e-4));
    assertThat(parts.classes()).isCloseTo(loss(recorded, "class"), within(1e-5));
    for (int level = 0; level < Yolo.LEVELS; level++) {
      assertClose(
          gradients.get(YoloHeadSpec.answers(level)).toArray(),
          recorded.get("train/gradient/" + level).values(),
          1e-4);
    }
  }

  private static double loss(Map<String, NpyArray> recorded, String name) {
    return recorded.get("train/loss/" + name).values()[0];
  }

  @ParameterizedTest
  @ValueSource(strings = {"t1", "t2", "t4", "t1_odd", "t2_empty"})
  void findsTheRecordedObjects(String name) throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.yolo(name + ".npz");
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (int level = 0; level < Yolo.LEVELS; level++) {
      values.put(YoloHeadSpec.answers(level), tensor(recorded.get("eval/answers/" + level)));
    }
    Outputs outputs = new Outputs(values, Map.of(), Map.of());
    Detections.Rule rule = new Detections.Rule(0.2, 0.6, 40);
    for (int image = 0; recorded.containsKey("eval/boxes/" + image); image++) {
      Detections found = YoloDetections.of(rule, SPEC, outputs::value, image);
      assertSame(
          found,
          new Detections(
              new Boxes(recorded.get("eval/boxes/" + image).values()),
              recorded.get("eval/scores/" + image).values(),
              integers(recorded.get("eval/labels/" + image))));
    }
  }

  /** Rounding decides the order of scores that are almost equal. */
  private static void assertSame(Detections found, Detections expected) {
    assertThat(found.scores()).hasSameSizeAs(expected.scores());
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < found.scores().length; i++) {
      assertThat(found.scores()[i]).isCloseTo(expected.scores()[i], within(1e-5f));
      int at = 0;
      while (at < found.scores().length && (taken.contains(at) || !same(found, i, expected, at))) {
        at++;
      }
      assertThat(at)
          .as("%s", found.boxes().select(new int[] {i}))
          .isLessThan(expected.labels().length);
      taken.add(at);
    }
  }

  private static boolean same(Detections a, int i, Detections b, int k) {
    boolean same = a.labels()[i] == b.labels()[k] && Math.abs(a.scores()[i] - b.scores()[k]) < 1e-5;
    for (int c = 0; c < Boxes.CORNERS && same; c++) {
      float difference = a.boxes().corners()[4 * i + c] - b.boxes().corners()[4 * k + c];
      same = Math.abs(difference) < 1e-3;
    }
    return same;
  }

  /** An error of so much of the largest value at most. */
  private static void assertClose(float[] found, float[] expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    double error = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      error = Math.max(error, Math.abs((double) found[i] - expected[i]));
    }
    assertThat(error).isLessThanOrEqualTo(tolerance * largest);
  }
}
