package io.spikeformer.train.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.model.Images;
import io.spikeformer.train.watch.TestOnnx;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ONNX files through ONNX Runtime. */
class OnnxTeacherTest {
  private static final float[][] WEIGHTS = {{1, 2}, {10, -20}, {0.5f, 3}};
  private static final float[] BIAS = {0.25f, -4};
  private static final int BATCH = 5;
  private static final int HEIGHT = 6;
  private static final int WIDTH = 6;

  private static Images images() {
    Random random = new Random(3);
    float[] pixels = new float[BATCH * HEIGHT * WIDTH * WEIGHTS.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat() + i % WEIGHTS.length;
    }
    return Images.of(pixels, BATCH, HEIGHT, WIDTH, WEIGHTS.length);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "0, 6, 2", "2, 0, 1", "5, 6, 1", "8, 6, 1"})
  void answersForEveryImageWhateverSizesTheFileHas(int batch, int size, int threads) {
    Images images = images();
    byte[] file = TestOnnx.linear(WEIGHTS, BIAS, batch, size);
    try (OnnxTeacher teacher = new OnnxTeacher("t.onnx", file, threads)) {
      float[] logits = teacher.logits(images);
      assertThat(logits).hasSize(BATCH * BIAS.length);
      for (int image = 0; image < BATCH; image++) {
        for (int c = 0; c < BIAS.length; c++) {
          assertThat((double) logits[image * BIAS.length + c])
              .isCloseTo(expected(images, image, c), Offset.offset(1e-4));
        }
      }
      assertThat(teacher.logits(images)).containsExactly(logits);
    }
  }

  private static double expected(Images images, int image, int c) {
    int pixels = HEIGHT * WIDTH;
    double sum = BIAS[c];
    for (int i = 0; i < pixels * WEIGHTS.length; i++) {
      double pixel = images.pixels()[image * pixels * WEIGHTS.length + i];
      sum += pixel / pixels * WEIGHTS[i % WEIGHTS.length][c];
    }
    return sum;
  }

  @Test
  void imagesOfAnotherSizeAreRefused() {
    byte[] file = TestOnnx.linear(WEIGHTS, BIAS, 0, 7);
    try (OnnxTeacher teacher = new OnnxTeacher("t.onnx", file, 1)) {
      assertThatThrownBy(() -> teacher.logits(images()))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "teacher t.onnx: expected images of [3, 7, 7] (channels, height, width; -1 for any),"
                  + " found 1 frames of 3, 6, 6; set the crop's size to the teacher's, or name"
                  + " another teacher");
    }
  }

  @Test
  void inputsThatCannotBeHeldAreRefusedInOneLine() {
    byte[] fixed = TestOnnx.linear(WEIGHTS, BIAS, 1 << 26, 6);
    assertThatThrownBy(() -> new OnnxTeacher("t.onnx", fixed, 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "teacher t.onnx: expected an input of at most 268435456 numbers, found [batch,"
                + " channels, height, width] of [67108864, 3, 6, 6]; export it with a batch of any"
                + " size");
    byte[] open = TestOnnx.linear(WEIGHTS, BIAS, 1 << 26, 0);
    try (OnnxTeacher teacher = new OnnxTeacher("t.onnx", open, 1)) {
      assertThatThrownBy(() -> teacher.logits(images()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("of [67108864, 3, 6, 6]; export it with a batch of any size");
    }
  }

  @Test
  void filesThatAreNoTeachersAreRefusedInOneLine() {
    assertThatThrownBy(() -> new OnnxTeacher("t.onnx", new byte[] {1, 2, 3}, 1))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "teacher t.onnx: expected an ONNX model with its weights inside that ONNX Runtime ")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> new OnnxTeacher("t.onnx", TestOnnx.doubles(3), 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "expected one input [batch, channels, height, width] of float32, found [")
        .hasMessageNotContaining("\n");
    try (OnnxTeacher teacher = new OnnxTeacher("t.onnx", TestOnnx.means(3), 1)) {
      assertThatThrownBy(() -> teacher.logits(images()))
          .isInstanceOf(UserException.class)
          .hasMessageContaining(
              "expected logits [5, classes] of float32 as its first output, found ")
          .hasMessageNotContaining("\n");
    }
  }
}
