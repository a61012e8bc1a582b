package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutputsTest {
  private static final MetaSpikeFormerConfig CONFIG =
      MetaSpikeFormerConfig.builder("small")
          .widths(8, 16, 16, 16)
          .depths(1, 0)
          .stem(3, 1)
          .heads(2)
          .classes(5)
          .timesteps(2)
          .head(ClassifierHead.DISTILLED)
          .build();

  private static Images images() {
    float[] pixels = new float[3 * 16 * 16 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 7 - 3;
    }
    return Images.of(pixels, 3, 16, 16, 3);
  }

  @Test
  void aHeadNamesItsOutputsAndTheirShapes() {
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(CONFIG, kernels, 3)) {
      Outputs evaluation = model.infer(images());
      assertThat(evaluation.names()).containsExactly("logits");
      assertThat(evaluation.value("logits").shape()).containsExactly(3, 5);
      assertThat(evaluation.timesteps("logits").orElseThrow().shape()).containsExactly(2, 3, 5);
      assertThatThrownBy(() -> evaluation.gradient("logits"))
          .hasMessage("outputs: expected one of [], found 'logits'");

      AtomicInteger called = new AtomicInteger();
      double loss =
          model.step(
              images(),
              outputs -> {
                called.incrementAndGet();
                assertThat(outputs.names()).containsExactly("logits", "distillation");
                for (String name : outputs.names()) {
                  assertThat(outputs.gradient(name).shape()).containsExactly(3, 5);
                  assertThat(outputs.gradient(name).toArray()).containsOnly(0f);
                  assertThat(outputs.timesteps(name)).isEmpty();
                }
                return 0.25;
              });
      assertThat(called).hasValue(1);
      assertThat(loss).isEqualTo(0.25);
      double squares = 0;
      for (float each : model.gradient().toArray()) {
        squares += each * each;
      }
      assertThat(squares).as("gradient of a constant loss").isEqualTo(0);
    }
  }

  @Test
  void anUnknownNameIsRefused() {
    try (Tensor logits = Tensor.of(new float[] {1, 2}, 1, 2)) {
      Outputs outputs = new Outputs(Map.of("logits", logits), Map.of(), Map.of());
      assertThatThrownBy(() -> outputs.value("boxes"))
          .hasMessage("outputs: expected one of [logits], found 'boxes'");
      assertThatThrownBy(
              () -> new Outputs(Map.of("logits", logits), Map.of("boxes", logits), Map.of()))
          .hasMessage("outputs: expected gradients of [logits], found those of [boxes]");
      assertThat(outputs.names()).isEqualTo(List.of("logits"));
    }
  }
}
