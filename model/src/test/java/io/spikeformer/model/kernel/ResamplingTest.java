package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.kernel.Resampling.Kind;
import io.spikeformer.model.oracle.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResamplingTest {
  private static final Path RECORDED =
      Path.of(
          System.getProperty("spikeformer.root", ".."), "../shared/fixtures/dense/operators.npz");

  /** One row of three pixels, one channel; values of torch.nn.functional.interpolate 2.13. */
  @ParameterizedTest
  @CsvSource({
    "NEAREST, 6, 1;1;2;2;4;4",
    "NEAREST, 2, 1;2",
    "BILINEAR, 6, 1;1.25;1.75;2.5;3.5;4",
    "BILINEAR, 2, 1.25;3.5",
    "BILINEAR, 1, 2",
    "BILINEAR_CORNERS, 5, 1;1.5;2;3;4",
    "BILINEAR_CORNERS, 1, 1"
  })
  void mixesTheNeighboursAsPyTorchDoes(Kind kind, int width, String expected) {
    String[] texts = expected.split(";");
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor x = Tensor.of(new float[] {1, 2, 4}, 1, 1, 3, 1);
          Tensor y = Tensor.allocate(DataType.FLOAT32, 1, 1, width, 1)) {
        kernels.resample(new Resampling(kind, 1, 3, 1, width), x, y);
        for (int i = 0; i < width; i++) {
          assertThat(y.get(i)).as("%s %d", choice, i).isEqualTo(Float.parseFloat(texts[i]));
        }
      }
    }
  }

  /** The gradient is the transposed matrix: dot(y, R x) = dot(R' y, x). */
  @ParameterizedTest
  @CsvSource({
    "NEAREST, 5, 7, 10, 14", "NEAREST, 9, 11, 4, 5", "NEAREST, 3, 4, 7, 9",
    "BILINEAR, 5, 7, 10, 14", "BILINEAR, 9, 11, 4, 5", "BILINEAR, 1, 1, 4, 3",
    "BILINEAR, 64, 48, 29, 31", "BILINEAR_CORNERS, 5, 7, 10, 14", "BILINEAR_CORNERS, 8, 8, 1, 1"
  })
  void bothKernelsAgreeForwardsAndBackwards(Kind kind, int h, int w, int toH, int toW) {
    Resampling form = new Resampling(kind, h, w, toH, toW);
    Samples samples = new Samples(7);
    for (int channels : List.of(1, 8, 21)) {
      for (DataType type : Samples.NUMBERS) {
        try (Kernels plain = KernelProvider.create("reference", 1);
            Kernels fast = KernelProvider.create("auto", 2);
            Tensor x = samples.normal(type, 2, h, w, channels);
            Tensor dy = samples.normal(type, 2, toH, toW, channels);
            Tensor y = Tensor.allocate(DataType.FLOAT32, 2, toH, toW, channels);
            Tensor dx = Tensor.allocate(DataType.FLOAT32, 2, h, w, channels)) {
          plain.resample(form, x, y);
          plain.resampleBackward(form, dy, dx);
          float[] forward = y.toArray();
          float[] backward = dx.toArray();
          assertThat(Samples.dot(y, dy)).isCloseTo(Samples.dot(dx, x), within(1e-2));
          fast.resample(form, x, y);
          fast.resampleBackward(form, dy, dx);
          assertThat(y.toArray()).containsExactly(forward, within(1e-5f));
          assertThat(dx.toArray()).containsExactly(backward, within(1e-4f));
        }
      }
    }
  }

  /** A sum has the bits of its parts, one after the other, and may be formed in its base. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void aSumIsTheSumOfItsParts(Kind kind) {
    Samples samples = new Samples(11);
    int channels = 20;
    float[] scale = samples.normal(DataType.FLOAT32, channels).toArray();
    float[] shift = samples.normal(DataType.FLOAT32, channels).toArray();
    try (Kernels plain = KernelProvider.create("reference", 1);
        Kernels fast = KernelProvider.create("auto", 3);
        Tensor base = samples.normal(DataType.BFLOAT16, 2, 9, 14, channels);
        Tensor half = samples.normal(DataType.FLOAT32, 2, 5, 7, channels);
        Tensor third = samples.normal(DataType.FLOAT32, 2, 3, 4, channels);
        Tensor y = Tensor.allocate(DataType.FLOAT32, 2, 9, 14, channels);
        Tensor part = Tensor.allocate(DataType.FLOAT32, 2, 9, 14, channels)) {
      Drive drive = Drive.affine(base, scale, shift);
      fast.affine(drive, y);
      for (Tensor map : List.of(half, third)) {
        fast.resample(Resampling.between(kind, map.shape(), y.shape()), map, part);
        fast.add(y, part, y);
      }
      float[] expected = y.toArray();
      fast.sumResampled(drive, List.of(half, third), kind, y);
      assertThat(y.toArray()).isEqualTo(expected);
      plain.sumResampled(drive, List.of(half, third), kind, y);
      assertThat(y.toArray()).containsExactly(expected, within(1e-5f));
      fast.affine(drive, y);
      fast.sumResampled(Drive.of(y), List.of(half, third), kind, y);
      assertThat(y.toArray()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void threadsChangeNoBit(Kind kind) {
    Resampling form = new Resampling(kind, 13, 17, 20, 9);
    try (Kernels one = KernelProvider.create("auto", 1);
        Kernels three = KernelProvider.create("auto", 3);
        Tensor dy = new Samples(3).normal(DataType.FLOAT32, 2, 20, 9, 12);
        Tensor a = Tensor.allocate(DataType.FLOAT32, 2, 13, 17, 12);
        Tensor b = Tensor.allocate(DataType.FLOAT32, 2, 13, 17, 12)) {
      one.resampleBackward(form, dy, a);
      three.resampleBackward(form, dy, b);
      assertThat(b.toArray()).isEqualTo(a.toArray());
    }
  }

  /** PyTorch's own values: seven pairs of sizes, each kind, forwards and backwards. */
  @Test
  void givesWhatPyTorchRecorded() throws IOException {
    Map<String, Npz.Array> arrays = Npz.recorded(RECORDED);
    int checked = 0;
    for (int size = 0; arrays.containsKey("resize/" + size + "/in"); size++) {
      for (Kind kind : Kind.values()) {
        check(arrays, "resize/" + size + "/", kind);
        checked++;
      }
    }
    assertThat(checked).isEqualTo(21);
  }

  private static void check(Map<String, Npz.Array> arrays, String prefix, Kind kind) {
    String name =
        switch (kind) {
          case NEAREST -> "nearest/";
          case BILINEAR -> "corners0/";
          case BILINEAR_CORNERS -> "corners1/";
        };
    Npz.Array in = arrays.get(prefix + "in");
    Npz.Array out = arrays.get(prefix + name + "out");
    long[] from = in.shape();
    long[] to = out.shape();
    Resampling form = new Resampling(kind, (int) from[2], (int) from[3], (int) to[2], (int) to[3]);
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          Tensor x = channelsLast(in);
          Tensor dy = channelsLast(arrays.get(prefix + name + "grad_out"));
          Tensor y = Tensor.allocate(DataType.FLOAT32, to[0], to[2], to[3], to[1]);
          Tensor dx = Tensor.allocate(DataType.FLOAT32, from[0], from[2], from[3], from[1]);
          Tensor expected = channelsLast(out);
          Tensor gradient = channelsLast(arrays.get(prefix + name + "grad_in"))) {
        kernels.resample(form, x, y);
        kernels.resampleBackward(form, dy, dx);
        assertThat(y.toArray())
            .as("%s%s %s", prefix, kind, choice)
            .containsExactly(expected.toArray(), within(2e-6f));
        assertThat(dx.toArray())
            .as("%s%s %s, backwards", prefix, kind, choice)
            .containsExactly(gradient.toArray(), within(1e-5f));
      }
    }
  }

  /** [N, C, H, W] as [N, H, W, C]. */
  private static Tensor channelsLast(Npz.Array array) {
    long[] shape = array.shape();
    int channels = (int) shape[1];
    int pixels = (int) (shape[2] * shape[3]);
    float[] values = new float[array.values().length];
    for (int i = 0; i < values.length; i++) {
      int pixel = i % pixels;
      int channel = i / pixels % channels;
      int image = i / pixels / channels;
      values[(image * pixels + pixel) * channels + channel] = array.values()[i];
    }
    return Tensor.of(values, shape[0], shape[2], shape[3], shape[1]);
  }

  @Test
  void refusesSizesBelowOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Resampling(Kind.BILINEAR, 3, 0, 3, 3))
        .withMessage("resampling: expected sizes >= 1, found 3 x 0 to 3 x 3");
  }
}
