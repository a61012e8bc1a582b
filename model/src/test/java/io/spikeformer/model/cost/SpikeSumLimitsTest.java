package io.spikeformer.model.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.config.BaselineConfig;
import io.spikeformer.model.config.BaselineConfig.Family;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.config.Structure;
import io.spikeformer.model.kernel.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpikeSumLimitsTest {
  private static final int SIDE = 16;

  static List<Arguments> networks() {
    return List.of(
        Arguments.of(structure(Shortcut.MEMBRANE), 0),
        Arguments.of(integers(), 35),
        Arguments.of(structure(Shortcut.VANILLA), 0),
        Arguments.of(structure(Shortcut.SEW), 12),
        Arguments.of(baseline(Family.MS_RESNET, 8, 1, 1, 1, 1), 0),
        Arguments.of(baseline(Family.SEW_RESNET, 8, 2, 1, 1, 1), 5),
        Arguments.of(baseline(Family.SPIKFORMER, 64, 2), 5));
  }

  private static NetworkConfig structure(Shortcut shortcut) {
    return MetaSpikeFormerConfig.builder(shortcut.name())
        .widths(16, 16, 16, 24)
        .depths(1, 1)
        .stem(3, 1)
        .heads(2)
        .classes(2)
        .structure(Structure.PAPER.with(shortcut))
        .build();
  }

  private static NetworkConfig integers() {
    return MetaSpikeFormerConfig.builder("integers")
        .widths(16, 16, 16, 24)
        .depths(1, 1)
        .stem(3, 1)
        .heads(2)
        .classes(2)
        .neuron(NeuronConfig.integer(4))
        .build();
  }

  private static NetworkConfig baseline(Family family, int width, int... depths) {
    return BaselineConfig.of(family.name(), family, width, depths).withTimesteps(1).withData(3, 2);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void areReachedWhereEveryNeuronFires(NetworkConfig config, int layersOfSums) {
    Map<String, Integer> limits = SpikeSumLimits.of(config);
    FiringCounts counts = new FiringCounts(config.timesteps());
    try (Kernels kernels = KernelProvider.create("auto", 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 3)) {
      makeEveryNeuronFire(model);
      model.collect(counts);
      model.infer(Images.of(new float[SIDE * SIDE * 3], 1, SIDE, SIDE, 3));
    }
    assertThat(limits)
        .hasSize(layersOfSums)
        .allSatisfy(
            (layer, most) -> {
              assertThat(most).isGreaterThan(1);
              assertThat(counts.rate(layer)).as(layer).isEqualTo((double) most);
            });
    assertThat(counts.layers())
        .allMatch(layer -> counts.rate(layer) <= limits.getOrDefault(layer, 1));
  }

  private static void makeEveryNeuronFire(SpikeformerModel model) {
    for (ParameterLayout.Entry entry : model.layout().entries()) {
      if (entry.kind() == ParameterLayout.Kind.NORMALISATION && entry.name().endsWith(".bias")) {
        float[] values = new float[(int) entry.length()];
        Arrays.fill(values, 1000);
        model.state().slice(entry.offset(), entry.length()).put(values);
      }
    }
  }
}
