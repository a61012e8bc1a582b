package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.model.Images;
import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.kernel.KernelProvider;
import io.spikeformer.model.kernel.Kernels;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceTest {
  private static final MetaSpikeFormerConfig SMALL =
      MetaSpikeFormerConfig.preset("tiny").toBuilder()
          .widths(16, 16, 16, 16)
          .depths(1, 1)
          .timesteps(2)
          .build();

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void minibatchesGiveWhatTheWholeArrayGives(int frames) {
    int inputs = 3;
    float[] pixels = new float[frames * inputs * 8 * 8 * 3];
    Random random = new Random(7);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 3 * random.nextFloat();
    }
    int[] shape = frames == 1 ? new int[] {inputs, 8, 8, 3} : new int[] {frames, inputs, 8, 8, 3};
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(SMALL, kernels, 1)) {
      float[] whole = model.infer(new Images(pixels, frames, inputs, 8, 8, 3));
      NpyArray logits = new Inference(new NpyArray(shape, pixels), "x.npy").logits(model, 2);
      assertThat(logits.shape()).containsExactly(inputs, 10);
      assertThat(logits.values()).containsExactly(whole);
    }
  }

  @Test
  void otherShapesAreRefusedInOneLine() {
    NpyArray matrix = new NpyArray(new int[] {2, 3}, new float[6]);
    assertThatThrownBy(() -> new Inference(matrix, "x.npy"))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "x.npy: expected [B, H, W, C] or [T, B, H, W, C] with sizes >= 1, found shape [2, 3]");
  }
}
