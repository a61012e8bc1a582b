package io.spikeformer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.tasks.classification.ClassTargets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalTrainerTest {
  private static final String BLOCK = "stage2.conv_block1/";
  private static final int BATCH = 4;

  /**
   * The block's second neurons stay silent, so that its enormous weights do not reach the loss; but
   * the surrogate gradient does reach them, on its way back.
   */
  @ParameterizedTest
  @ValueSource(strings = {"fast", "reference"})
  void aGradientThatIsNotFiniteIsReportedWhereItBegan(String kernels) {
    Schedule schedule = Schedule.cosine(1e-3, 0, 0, 10);
    try (LocalTrainer trainer =
        new LocalTrainer(SmallSplit.recipe(), schedule, KernelProvider.create(kernels, 1))) {
      TrainingState start = trainer.state();
      fill(trainer, start, "conv1.bn.weight", 0);
      fill(trainer, start, "conv1.bn.bias", 0.5f);
      fill(trainer, start, "conv2.weight", 3e38f);
      trainer.load(start);

      assertThatExceptionOfType(DivergenceException.class)
          .isThrownBy(() -> trainer.train(0, List.of(batch()).iterator()))
          .withMessageMatching(
              "step 1: expected a finite gradient, found NaN or infinity in "
                  + BLOCK
                  + "conv1\\.bn\\.bias and \\d+ tensors before it");
      assertThat(trainer.state().step()).isZero();
    }
  }

  private static void fill(LocalTrainer trainer, TrainingState state, String tensor, float value) {
    Entry entry = trainer.layout().entry(BLOCK + tensor);
    int from = (int) entry.offset();
    Arrays.fill(state.values(), from, from + (int) entry.length(), value);
  }

  private static Batch batch() {
    int side = SmallSplit.SIZE;
    Random random = new Random(3);
    float[] pixels = new float[BATCH * side * side * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    ClassTargets targets = new ClassTargets(new int[] {0, 1, 2, 0});
    return new Batch(pixels, targets, Collections.nCopies(BATCH, "drawn"), BATCH, 1, side, side, 3);
  }
}
