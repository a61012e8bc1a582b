package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.oracle.OperatorRecordings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoiAlignTest {
  /** torchvision's values: regions inside, across the edges, outside and of no area. */
  @ParameterizedTest
  @ValueSource(ints = {7, 14})
  void givesWhatTorchvisionRecorded(int size) throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load();
    RoiAlign form = new RoiAlign(size, 0.25f);
    Regions regions = regions(recorded.values("roi/rois"));
    String name = "roi/" + size + "_0_1";
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor x = recorded.channelsLast("roi/features");
          Tensor dy = recorded.channelsLast(name + "/grad_out");
          Tensor y = Tensor.allocate(DataType.FLOAT32, dy.shape());
          Tensor dx = Tensor.allocate(DataType.FLOAT32, x.shape())) {
        kernels.roiAlign(form, regions, x, y);
        kernels.roiAlignBackward(form, regions, dy, dx);
        recorded.check(name + "/out", OperatorRecordings.channelsFirst(y));
        recorded.check(name + "/grad_in", OperatorRecordings.channelsFirst(dx));
      }
    }
  }

  /** Regions [R, 5], image first, each in a row of its own. */
  private static Regions regions(float[] rois) {
    int count = rois.length / 5;
    float[] corners = new float[4 * count];
    int[] images = new int[count];
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      images[i] = (int) rois[5 * i];
      rows[i] = i;
      System.arraycopy(rois, 5 * i + 1, corners, 4 * i, 4);
    }
    return new Regions(corners, images, rows);
  }

  /** Regions of many sizes, some beyond the edges; the last of them in the first rows. */
  private static Regions random(int count, int images, float side) {
    Random random = new Random(11);
    float[] corners = new float[4 * count];
    int[] image = new int[count];
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      image[i] = random.nextInt(images);
      rows[i] = count - 1 - i;
      for (int axis = 0; axis < 2; axis++) {
        float start = side * (1.4f * random.nextFloat() - 0.3f);
        corners[4 * i + axis] = start;
        corners[4 * i + 2 + axis] = start + side * random.nextFloat() * random.nextFloat();
      }
    }
    return new Regions(corners, image, rows);
  }

  /** The gradient is the transposed matrix: dot(dy, A x) = dot(A' dy, x). */
  @ParameterizedTest
  @CsvSource({"7, 16, 16, 8", "14, 25, 11, 21", "3, 1, 1, 1", "1, 5, 40, 16"})
  void bothKernelsAgreeForwardsAndBackwards(int size, int height, int width, int channels) {
    RoiAlign form = new RoiAlign(size, 0.5f);
    Regions regions = random(29, 2, 40);
    Samples samples = new Samples(7);
    for (DataType type : Samples.NUMBERS) {
      try (Kernels plain = KernelProvider.create("reference", 1);
          Kernels fast = KernelProvider.create("auto", 3);
          Tensor x = samples.normal(type, 2, height, width, channels);
          Tensor dy = samples.normal(type, 29, size, size, channels);
          Tensor y = Tensor.allocate(DataType.FLOAT32, dy.shape());
          Tensor dx = Tensor.allocate(DataType.FLOAT32, x.shape())) {
        plain.roiAlign(form, regions, x, y);
        plain.roiAlignBackward(form, regions, dy, dx);
        float[] forward = y.toArray();
        float[] backward = dx.toArray();
        double product = Samples.dot(dx, x);
        assertThat(Samples.dot(y, dy)).isCloseTo(product, within(1e-3 + 1e-4 * Math.abs(product)));
        y.put(new float[forward.length]);
        fast.roiAlign(form, regions, x, y);
        fast.roiAlignBackward(form, regions, dy, dx);
        assertThat(y.toArray()).containsExactly(forward, within(1e-5f));
        assertThat(dx.toArray()).containsExactly(backward, within(1e-5f * largest(backward)));
      }
    }
  }

  private static float largest(float[] values) {
    float largest = 1;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void threadsChangeNoBit() {
    RoiAlign form = new RoiAlign(7, 0.25f);
    Regions regions = random(40, 2, 90);
    try (Kernels one = KernelProvider.create("auto", 1);
        Kernels three = KernelProvider.create("auto", 3);
        Tensor x = new Samples(2).normal(DataType.FLOAT32, 2, 20, 24, 12);
        Tensor dy = new Samples(3).normal(DataType.FLOAT32, 40, 7, 7, 12);
        Tensor a = Tensor.allocate(DataType.FLOAT32, 2, 20, 24, 12);
        Tensor b = Tensor.allocate(DataType.FLOAT32, 2, 20, 24, 12);
        Tensor c = Tensor.allocate(DataType.FLOAT32, 40, 7, 7, 12);
        Tensor d = Tensor.allocate(DataType.FLOAT32, 40, 7, 7, 12)) {
      one.roiAlignBackward(form, regions, dy, a);
      three.roiAlignBackward(form, regions, dy, b);
      one.roiAlign(form, regions, x, c);
      three.roiAlign(form, regions, x, d);
      assertThat(b.toArray()).isEqualTo(a.toArray());
      assertThat(d.toArray()).isEqualTo(c.toArray());
    }
  }

  @Test
  void regionsOfNoAreaOrOutsideAreZero() {
    float[] corners = {2, 2, 2, 2, 6, 6, 1, 9, -50, -50, -20, -20, 40, 2, 60, 6};
    int count = corners.length / 4;
    Regions regions = new Regions(corners, new int[count], new int[] {0, 1, 2, 3});
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor x = new Samples(1).normal(DataType.FLOAT32, 1, 8, 8, 8);
          Tensor y = new Samples(1).normal(DataType.FLOAT32, count, 7, 7, 8);
          Tensor dx = Tensor.allocate(DataType.FLOAT32, 1, 8, 8, 8)) {
        kernels.roiAlign(new RoiAlign(7, 1), regions, x, y);
        assertThat(y.toArray()).as(choice).containsOnly(0);
        y.put(new Samples(2).array((int) y.elements(), 0, 1));
        kernels.roiAlignBackward(new RoiAlign(7, 1), regions, y, dx);
        assertThat(dx.toArray()).as(choice).containsOnly(0);
      }
    }
  }

  @Test
  void otherRowsAreLeftAndNoRegionsAreNoWork() {
    Regions one = new Regions(new float[] {0, 0, 4, 4}, new int[] {0}, new int[] {1});
    Regions none = new Regions(new float[0], new int[0], new int[0]);
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor x = Tensor.of(ones(16), 1, 4, 4, 1);
          Tensor y = Tensor.of(new float[3 * 4], 3, 2, 2, 1);
          Tensor dx = Tensor.of(ones(16), 1, 4, 4, 1)) {
        kernels.roiAlign(new RoiAlign(2, 1), one, x, y);
        assertThat(y.toArray()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0);
        kernels.roiAlign(new RoiAlign(2, 1), none, x, y);
        kernels.roiAlignBackward(new RoiAlign(2, 1), none, y, dx);
        assertThat(dx.toArray()).containsOnly(0);
      }
    }
  }

  private static float[] ones(int length) {
    float[] ones = new float[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RoiAlign(0, 1))
        .withMessage("RoIAlign: expected at least 1 bin and a scale > 0, found 0 and 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Regions(new float[4], new int[2], new int[2]))
        .withMessage("regions: expected 4 corners, an image and a row for each, found 4, 2, 2");
  }
}
