package io.spikeformer.tasks.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.DenseFixture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sliding windows against another implementation; a convolution stands for the network. */
class SlidingTest {
  private static final int CLASSES = 5;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void windowsAndMeansMatchTheRecording(int number) throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.read("slide.npz");
    NpyArray input = recorded.get(number + "/input");
    int height = input.shape()[2];
    int width = input.shape()[3];
    float[] sizes = recorded.get(number + "/crop_stride").values();
    SlidingWindow sliding = new SlidingWindow((int) sizes[0], (int) sizes[1]);
    List<Box> windows = sliding.windows(height, width);
    assertThat(windows).isEqualTo(boxes(recorded.get(number + "/windows")));

    Batch batch =
        new Batch(
            channelsLast(input.values(), 3),
            new LabelMaps(List.of(), List.of()),
            List.of("a"),
            1,
            1,
            height,
            width,
            3);
    float[] weight = recorded.get("weight").values();
    float[] wanted = channelsLast(recorded.get(number + "/logits").values(), CLASSES);
    WindowAnswers.of(
        batch,
        sliding,
        window -> network(window, weight),
        outputs -> {
          LogitMap map = new WindowedLogits(outputs.value("logits"), 1, 0, windows, height, width);
          float[] row = new float[width * CLASSES];
          for (int y = 0; y < height; y++) {
            map.row(y, row);
            for (int i = 0; i < row.length; i++) {
              assertThat(row[i]).isCloseTo(wanted[y * row.length + i], within(2e-5f));
            }
          }
        });
  }

  private static List<Box> boxes(NpyArray corners) {
    List<Box> boxes = new ArrayList<>();
    float[] v = corners.values();
    for (int i = 0; i < v.length; i += 4) {
      boxes.add(
          new Box(
              (int) v[i], (int) v[i + 1], (int) (v[i + 2] - v[i]), (int) (v[i + 3] - v[i + 1])));
    }
    return boxes;
  }

  /** [C, H * W] to [H * W, C]. */
  private static float[] channelsLast(float[] values, int channels) {
    float[] moved = new float[values.length];
    int pixels = values.length / channels;
    for (int i = 0; i < values.length; i++) {
      moved[i % pixels * channels + i / pixels] = values[i];
    }
    return moved;
  }

  /** A 3x3 convolution of stride 2, padded by 1; weights [classes, 3, 3, 3]. */
  private static Outputs network(Batch batch, float[] weight) {
    int height = (batch.height() + 1) / 2;
    int width = (batch.width() + 1) / 2;
    float[] logits = new float[height * width * CLASSES];
    for (int i = 0; i < logits.length; i++) {
      int c = i % CLASSES;
      int x = 2 * (i / CLASSES % width) - 1;
      int y = 2 * (i / CLASSES / width) - 1;
      for (int k = 0; k < 27; k++) {
        int row = y + k / 3 % 3;
        int column = x + k % 3;
        if (row >= 0 && column >= 0 && row < batch.height() && column < batch.width()) {
          float pixel = batch.pixels()[(row * batch.width() + column) * 3 + k / 9];
          logits[i] += weight[c * 27 + k] * pixel;
        }
      }
    }
    Tensor tensor = Tensor.of(logits, 1, height, width, CLASSES);
    return new Outputs(Map.of("logits", tensor), Map.of(), Map.of());
  }
}
