package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.config.BaselineConfig;
import io.spikeformer.model.config.BaselineConfig.Family;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.config.Structure;
import io.spikeformer.model.config.Structure.Blocks;
import io.spikeformer.model.config.Structure.ChannelMixer;
import io.spikeformer.model.config.Structure.FirstStage;
import io.spikeformer.model.config.Structure.ProjectionKind;
import io.spikeformer.model.config.Structure.Pyramid;
import io.spikeformer.model.config.Structure.TokenConvolution;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCost;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.optim.Optimizer;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every architecture learns a few images, and what it counts is what its energy account asks for.
 */
class NetworkTrainingTest {
  private static final int STEPS = 24;
  private static final int BATCH = 8;
  private static final int SIDE = 16;

  private static NetworkConfig structure(String name, Structure structure) {
    return MetaSpikeFormerConfig.builder(name)
        .widths(16, 16, 16, 24)
        .depths(1, 1)
        .stem(3, 1)
        .heads(2)
        .classes(2)
        .timesteps(2)
        .structure(structure)
        .neuron(NeuronConfig.PAPER)
        .build();
  }

  private static NetworkConfig baseline(Family family, int width, int... depths) {
    return BaselineConfig.of(family.name(), family, width, depths).withTimesteps(2).withData(3, 2);
  }

  static List<Arguments> networks() {
    Structure paper = Structure.PAPER;
    List<NetworkConfig> networks =
        List.of(
            structure("paper", paper),
            structure("no sepconv", paper.with(TokenConvolution.NONE)),
            structure("channel mlp", paper.with(ChannelMixer.MLP)),
            structure("one step", paper.with(FirstStage.ONE_STEP)),
            structure("linear", paper.with(ProjectionKind.LINEAR, ProjectionKind.LINEAR)),
            structure("sew", paper.with(Shortcut.SEW)),
            structure("vanilla", paper.with(Shortcut.VANILLA)),
            structure("no pyramid", paper.with(Pyramid.THREE_STAGES)),
            structure("transformers", paper.with(Blocks.TRANSFORMER)),
            structure("convolutions", paper.with(Blocks.CONVOLUTION)),
            baseline(Family.MS_RESNET, 8, 1, 1, 1, 1),
            baseline(Family.SEW_RESNET, 8, 2, 1, 1, 1),
            baseline(Family.SPIKFORMER, 64, 2),
            baseline(Family.SPIKE_DRIVEN_V1, 64, 2));
    List<Arguments> arguments = new ArrayList<>();
    for (String kernels : List.of("reference", "auto")) {
      for (NetworkConfig network : networks) {
        arguments.add(Arguments.of(kernels, network.name(), network));
      }
    }
    return arguments;
  }

  /** Noise on stripes of two directions and two colours. */
  private static Images images() {
    Random random = new Random(7);
    float[] pixels = new float[BATCH * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      int image = i / 3 / SIDE / SIDE;
      int stripe = image % 2 == 0 ? i / 3 % SIDE : i / 3 / SIDE % SIDE;
      int colour = image < BATCH / 2 ? 0 : 2;
      boolean bright = stripe / 2 % 2 == 0 && i % 3 == colour;
      pixels[i] = (bright ? 3 : 0) + 0.3f * (float) random.nextGaussian();
    }
    return Images.of(pixels, BATCH, SIDE, SIDE, 3);
  }

  @ParameterizedTest(name = "{0} kernels, {1}")
  @MethodSource("networks")
  void learnsAFewImages(String choice, String name, NetworkConfig config) {
    int[] labels = new int[BATCH];
    Arrays.fill(labels, BATCH / 2, BATCH, 1);
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 3);
        Optimizer optimizer =
            new Optimizer(
                OptimizerConfig.defaults(OptimizerName.ADAMW),
                model.layout(),
                kernels.optimizer())) {
      makeEveryLayerFire(model);
      if (name.equals("vanilla")) {
        beginNearTheIdentity(model);
      }
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < STEPS; step++) {
        losses.add(model.step(images(), new CrossEntropy(0).on(labels)));
        optimizer.step(model.state(), model.gradient(), 4e-3);
      }
      double last = losses.stream().skip(STEPS - 4).mapToDouble(loss -> loss).average().orElse(0);
      assertThat(last).as("%s", losses).isLessThan(0.9 * losses.get(0));
    }
  }

  /** With a firing layer behind each sum, spikes only pass many blocks if these add little. */
  private static void beginNearTheIdentity(SpikeformerModel model) {
    for (ParameterLayout.Entry entry : model.layout().entries()) {
      if (entry.name().matches(".*/(conv2|linear2|pointwise2|proj)\\.bn3?\\.weight")) {
        float[] values = new float[(int) entry.length()];
        Arrays.fill(values, 0.1f);
        model.state().slice(entry.offset(), entry.length()).put(values);
      }
    }
  }

  /** Small and shallow, an untrained network would hardly fire where the head looks. */
  private static void makeEveryLayerFire(SpikeformerModel model) {
    for (ParameterLayout.Entry entry : model.layout().entries()) {
      if (entry.name().matches(".*bn\\d?\\.bias")) {
        float[] values = new float[(int) entry.length()];
        Arrays.fill(values, 0.35f);
        model.state().slice(entry.offset(), entry.length()).put(values);
      } else if (entry.name().equals("head/linear.weight")) {
        Tensor weights = model.state().slice(entry.offset(), entry.length());
        float[] values = weights.toArray();
        for (int i = 0; i < values.length; i++) {
          values[i] *= 10;
        }
        weights.put(values);
      }
    }
  }

  @ParameterizedTest(name = "{0} kernels, {1}")
  @MethodSource("networks")
  void countsTheInputOfEveryLayerOfTheEnergyAccount(
      String choice, String name, NetworkConfig config) {
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 3)) {
      FiringCounts counts = new FiringCounts(config.timesteps());
      model.collect(counts);
      model.infer(images());
      assertThat(counts.layers()).containsAll(LayerCosts.neuronLayers(config));
      LayerCosts costs = LayerCosts.of(config, SIDE, SIDE);
      for (CountingConvention convention : CountingConvention.values()) {
        List<LayerCost> layers = new ArrayList<>(costs.layers(convention));
        layers.addAll(costs.attention(convention));
        assertThat(layers)
            .allMatch(layer -> layer.neurons().stream().allMatch(counts.layers()::contains));
        assertThat(layers.get(0).input()).isEqualTo(LayerCost.Input.REAL);
      }
    }
  }
}
