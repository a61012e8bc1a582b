package io.spikeformer.tasks.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.tasks.DenseFixture;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.TaskResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The figures of label maps against another implementation, and by hand. */
class MeanIouTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void matchesTheRecording(int number) throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.read("miou.npz");
    NpyArray iou = recorded.get(number + "/iou");
    SegmentationCounts counts = new SegmentationCounts(iou.values().length);
    List<LabelMap> truth = maps(recorded.get(number + "/label"));
    List<LabelMap> predicted = maps(recorded.get(number + "/pred"));
    for (int i = 0; i < truth.size(); i++) {
      counts.add(truth.get(i), predicted.get(i));
    }
    SegmentationResult result = SegmentationResult.of(counts, names(iou.values().length), true);
    assertThat(result.confusion().stream().flatMap(List::stream).toList())
        .isEqualTo(longs(recorded.get(number + "/confusion").values()));
    double[] wantedIou = doubles(iou.values());
    double[] wantedAccuracy = doubles(recorded.get(number + "/acc").values());
    assertThat(result.classes().stream().mapToDouble(ClassPixels::iou).toArray())
        .containsExactly(wantedIou, within(1e-7));
    assertThat(result.classes().stream().mapToDouble(ClassPixels::accuracy).toArray())
        .containsExactly(wantedAccuracy, within(1e-7));
    assertThat(result.figures().stream().mapToDouble(Figure::value).toArray())
        .containsExactly(doubles(recorded.get(number + "/mean").values()), within(1e-7));
    assertThat(result.parts())
        .extracting(TaskResult.Part::value)
        .containsExactlyElementsOf(
            Arrays.stream(result.classes().stream().mapToDouble(ClassPixels::iou).toArray())
                .boxed()
                .toList());
  }

  @Test
  void aClassThatIsOnlyPredictedCountsAsZeroAndAnAbsentOneNotAtAll() {
    SegmentationCounts counts = new SegmentationCounts(4);
    counts.add(map(0, 0, 1, 255), map(0, 2, 1, 3));
    SegmentationResult result = SegmentationResult.of(counts, names(4), true);
    assertThat(result.classes())
        .extracting(ClassPixels::iou)
        .containsExactly(0.5, 1.0, 0.0, Double.NaN);
    assertThat(result.meanIou()).isEqualTo(0.5);
    assertThat(result.meanAccuracy()).isEqualTo(0.75);
    assertThat(result.pixelAccuracy()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(result.primary().text()).isEqualTo("50.00 %");
    assertThat(result.notes())
        .containsExactly(
            "2 of 4 classes have no labelled pixel: their accuracy is undefined (NaN). 1 of them"
                + " were predicted and have an IoU of 0; the others are left out of the mean IoU.");
  }

  @Test
  void imagesWithoutLabelsAreCountedApart() {
    SegmentationCounts counts = new SegmentationCounts(2);
    counts.add(map(255, 255), map(0, 1));
    SegmentationResult result = SegmentationResult.of(counts, names(2), true);
    assertThat(result.meanIou()).isNaN();
    assertThat(result.pixelAccuracy()).isNaN();
    assertThat(result.ignoredPixels()).isEqualTo(2);
    assertThat(result.notes().get(0))
        .isEqualTo(
            "1 of 1 images have no labelled pixel: their loss is 0, and they count in no figure.");
  }

  static List<String> names(int classes) {
    return IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
  }

  static LabelMap map(int... labels) {
    byte[] bytes = new byte[labels.length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i] = (byte) labels[i];
    }
    return new LabelMap(1, labels.length, bytes);
  }

  private static List<LabelMap> maps(NpyArray array) {
    int height = array.shape()[1];
    int width = array.shape()[2];
    List<LabelMap> maps = new ArrayList<>();
    for (int i = 0; i < array.shape()[0]; i++) {
      byte[] labels = new byte[height * width];
      for (int p = 0; p < labels.length; p++) {
        labels[p] = (byte) (int) array.values()[i * labels.length + p];
      }
      maps.add(new LabelMap(height, width, labels));
    }
    return maps;
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private static List<Long> longs(float[] values) {
    return IntStream.range(0, values.length).mapToObj(i -> (long) values[i]).toList();
  }
}
