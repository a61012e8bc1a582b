package io.spikeformer.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.data.npy.NpyInput;
import io.spikeformer.jobs.NpyFiles;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.kernel.Kernels;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceTest {
  private static final MetaSpikeFormerConfig SMALL =
      MetaSpikeFormerConfig.preset("tiny").toBuilder()
          .widths(16, 16, 16, 16)
          .depths(1, 1)
          .timesteps(2)
          .build();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void minibatchesGiveWhatTheWholeArrayGives(int frames) throws Exception {
    int inputs = 3;
    float[] pixels = new float[frames * inputs * 8 * 8 * 3];
    Random random = new Random(7);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 3 * random.nextFloat();
    }
    int[] shape = frames == 1 ? new int[] {inputs, 8, 8, 3} : new int[] {frames, inputs, 8, 8, 3};
    Path file = folder.resolve("x.npy");
    NpyFiles.write(file, new NpyArray(shape, pixels));
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(SMALL, kernels, 1);
        NpyInput numbers = NpyInput.open(file)) {
      float[] whole = ClassLogits.mean(model.infer(new Images(pixels, frames, inputs, 8, 8, 3)));
      Checkpoint checkpoint =
          new Checkpoint(
              SMALL, TrainingPosition.START, "", "", List.of(), model.state().toArray(), List.of());
      ImageArray array = ImageArray.of(numbers, 3, PixelLayout.NHWC);
      ClassAnswers answers =
          new ClassAnswers(List.of(), 10, 1, ClassAnswers.Logits.KEPT, Optional.empty());
      new Inference(SMALL, Optional.empty(), null)
          .run(checkpoint, new ArrayInput(array, Optional.empty(), 2), kernels, answers);
      NpyArray logits = answers.predictions(List.of()).logits();
      assertThat(logits.shape()).containsExactly(inputs, 10);
      assertThat(logits.values()).containsExactly(whole);
    }
  }
}
