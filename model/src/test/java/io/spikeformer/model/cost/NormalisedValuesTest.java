package io.spikeformer.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.CrossEntropy;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalisedValuesTest {
  @ParameterizedTest
  @CsvSource({
    "tiny, 1, 1, 8, stage3.downsample",
    "tiny, 1, 1, 16, ''",
    "tiny, 1, 2, 1, ''",
    "tiny, 2, 1, 1, ''",
    "tiny, 1, 1, 1, stage1.downsample1",
    "15M, 1, 1, 16, stage3.downsample",
    "15M, 1, 1, 32, ''",
    "SEW-ResNet-50, 1, 1, 32, stage4.block1",
    "SEW-ResNet-50, 1, 1, 33, ''",
    "SEW-ResNet-50, 4, 1, 32, ''",
  })
  void namesTheFirstBlockWithOneValueAChannel(
      String preset, int timesteps, int batch, int size, String block) {
    NetworkConfig config = NetworkConfig.preset(preset).withTimesteps(timesteps);
    String found = NormalisedValues.single(config, batch, size, size).orElse("");
    if (block.isEmpty()) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found)
          .startsWith(
              "batch normalisation of "
                  + block
                  + ": expected more than 1 value per channel when training, found 1: T = 1,"
                  + " minibatch of 1, 1 x 1 pixels of images of "
                  + size
                  + " x "
                  + size);
    }
  }

  @Test
  void aStepWithOneValueAChannelIsRefusedAndInferenceIsNot() {
    NetworkConfig config =
        MetaSpikeFormerConfig.preset("tiny").toBuilder().widths(8, 8, 8, 8).heads(1).build();
    Images image = Images.of(new float[8 * 8 * 3], 1, 8, 8, 3);
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      float[] before = model.state().toArray();
      assertThatThrownBy(() -> model.step(image, new CrossEntropy(0).on(new int[] {0})))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("batch normalisation of stage")
          .hasMessageEndingWith("; take a larger minibatch or larger images");
      assertThat(model.state().toArray()).isEqualTo(before);
      assertThat(ClassLogits.mean(model.infer(image))).hasSize(config.classes());
    }
  }
}
