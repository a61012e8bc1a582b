package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that is frozen for inference, and thawed again. */
class InferenceFormTest {
  private static void makeEveryLayerFire(SpikeformerModel model) {
    for (Entry entry : model.layout().entries()) {
      if (entry.name().endsWith(".bias")) {
        float[] values = SpikeformerModelTest.noise((int) entry.length(), entry.offset());
        for (int i = 0; i < values.length; i++) {
          values[i] = 0.3f + 0.3f * values[i];
        }
        model.state().slice(entry.offset(), entry.length()).put(values);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"reference, 1", "reference, 4", "auto, 1", "auto, 4"})
  void theInferenceFormHasTheSameLogitsUntilItIsThawed(String choice, int timesteps) {
    MetaSpikeFormerConfig config =
        SpikeformerModelTest.SMALL.toBuilder().timesteps(timesteps).build();
    try (Kernels own = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, own, 3)) {
      Images bright = SpikeformerModelTest.batch(6);
      Images dark = SpikeformerModelTest.batch(4);
      for (int i = 0; i < bright.pixels().length; i++) {
        bright.pixels()[i] += 2 * (i / (16 * 16 * 3)) - 5;
      }
      makeEveryLayerFire(model);
      // statistics of a few steps, else every BN would be the identity
      for (int i = 0; i < 3; i++) {
        model.step(dark, new CrossEntropy(0.1).on(new int[] {0, 1, 2, 3}));
      }
      float[] expected = ClassLogits.mean(model.infer(bright));
      model.freeze();
      assertThat(ClassLogits.mean(model.infer(bright))).containsExactly(expected, within(1e-4f));
      assertThat(ClassLogits.mean(model.infer(bright))).containsExactly(expected, within(1e-4f));

      // a step ends it
      model.step(dark, new CrossEntropy(0.1).on(new int[] {0, 1, 2, 3}));
      float[] after = ClassLogits.mean(model.infer(bright));
      model.thaw();
      assertThat(ClassLogits.mean(model.infer(bright))).isEqualTo(after).isNotEqualTo(expected);
    }
  }

  /** Float32 products of spikes, whose weights have three terms where there are tiles. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "auto"})
  void weightsWithoutANormalisationAreKeptUntilTheModelIsThawed(String choice) {
    MetaSpikeFormerConfig config =
        SpikeformerModelTest.SMALL.toBuilder()
            .semanticFpn(new SemanticFpn(32, 16, SemanticFpn.Fuse.MEAN, SemanticFpn.Norm.NONE))
            .build();
    try (Kernels own = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, own, 3);
        SpikeformerModel fresh = SpikeformerModel.create(config, own, 4)) {
      makeEveryLayerFire(model);
      model.freeze();
      float[] before = scores(model);
      assertThat(scores(model)).isEqualTo(before);

      model.thaw();
      for (Entry entry : model.layout().entries()) {
        if (entry.name().startsWith("head/") && entry.name().endsWith(".weight")) {
          Tensor weights = model.state().slice(entry.offset(), entry.length());
          float[] values = weights.toArray();
          for (int i = 0; i < values.length; i++) {
            values[i] *= 1.5f;
          }
          weights.put(values);
        }
      }
      model.freeze();
      fresh.state().copyFrom(model.state());
      fresh.freeze();
      assertThat(scores(model)).isEqualTo(scores(fresh)).isNotEqualTo(before);
    }
  }

  private static float[] scores(SpikeformerModel model) {
    Outputs outputs = model.infer(SpikeformerModelTest.batch(2));
    return outputs.value(outputs.names().get(0)).toArray();
  }
}
