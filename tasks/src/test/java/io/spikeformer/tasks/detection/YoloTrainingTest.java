package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.LossDivisor;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.tasks.TrainingDraw;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A step of a one-stage detector as a training makes it. */
class YoloTrainingTest {
  private static final int SIDE = 64;
  private static final int CLASSES = 3;

  private static MetaSpikeFormerConfig config(int timesteps) {
    return MetaSpikeFormerConfig.preset("tiny").toBuilder()
        .widths(8, 16, 16, 24)
        .depths(1, 1)
        .classes(CLASSES)
        .timesteps(timesteps)
        .yolo(new Yolo(List.of(8, 16, 24), List.of(16, 16, 24, 24, 40, 40)))
        .build();
  }

  /** Two images, the second without objects. */
  private static Batch batch(int label) {
    Random random = new Random(3);
    float[] pixels = new float[2 * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    TrainedObjects one =
        new TrainedObjects(new Boxes(new float[] {10, 12, 30, 30}), new int[] {label}, List.of());
    TrainedObjects none = new TrainedObjects(new Boxes(new float[0]), new int[0], List.of());
    return new Batch(
        pixels,
        new ObjectTargets(List.of(one, none)),
        List.of("one.png", "none.png"),
        2,
        1,
        SIDE,
        SIDE,
        3);
  }

  private static BatchLoss loss(MetaSpikeFormerConfig config, Batch batch) {
    LossSettings settings = new LossSettings(0, LossDivisor.ALL);
    return new Detection().loss(config, batch, settings, null, new TrainingDraw(0, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void everyWeightHasAGradientAndNoRegionIsAskedFor(int timesteps) {
    MetaSpikeFormerConfig config = config(timesteps);
    Batch batch = batch(CLASSES - 1);
    BatchLoss loss = loss(config, batch);
    assertThat(loss.regions()).isEmpty();
    AtomicReference<BatchLoss.Judgement> judgement = new AtomicReference<>();
    try (Kernels kernels = KernelProvider.create("auto", 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      double mean =
          model.step(
              new Images(batch.pixels(), 1, 2, SIDE, SIDE, 3),
              outputs -> {
                judgement.set(loss.of(outputs, kernels));
                return judgement.get().loss();
              });
      assertThat(mean).isFinite().isPositive();
      assertThat(kernels.optimizer().allFinite(model.gradient())).isTrue();
      for (Entry entry : model.layout().entries()) {
        if (entry.kind() == Kind.WEIGHT && entry.name().startsWith("head")) {
          double squares =
              kernels
                  .optimizer()
                  .sumOfSquares(model.gradient().slice(entry.offset(), entry.length()));
          assertThat(squares).as(entry.name()).isPositive();
        }
      }
    }
    assertThat(judgement.get().parts()).containsOnlyKeys("box", "objectness", "class");
    assertThat(judgement.get().parts().values().stream().mapToDouble(part -> part).sum())
        .isCloseTo(judgement.get().loss(), within(1e-12));
    assertThat(judgement.get().hits().of()).isPositive();
  }

  @Test
  void aClassThatTheNetworkLacksIsRefused() {
    MetaSpikeFormerConfig config = config(1);
    Batch batch = batch(CLASSES);
    BatchLoss loss = loss(config, batch);
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      Images images = new Images(batch.pixels(), 1, 2, SIDE, SIDE, 3);
      assertThatThrownBy(() -> model.step(images, outputs -> loss.of(outputs, kernels).loss()))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "sample one.png: expected classes 0 to 2, found 3; set model.classes to the number of"
                  + " the data's classes");
    }
  }
}
