package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.Activations;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.TapNetwork;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.model.cost.ModelSummary;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.layer.BlockInputs;
import io.spikeformer.model.layer.BlockLayerConfig;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Workload;
import io.spikeformer.model.optim.OptimizerName;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that are graphs: blocks read others by name, of several sizes. */
class NamedInputsTest {
  private static final int SIDE = 8;
  private static final int BATCH = 4;
  private static final int[] LABELS = {0, 2, 1, 2};
  private static final TrainingLoss LOSS = new CrossEntropy(0.1).on(LABELS);

  private static Images images() {
    Random random = new Random(7);
    float[] pixels = new float[BATCH * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return Images.of(pixels, BATCH, SIDE, SIDE, 3);
  }

  /** Larger weights of the head make the gradients large enough to be measured. */
  private static SpikeformerModel model(TapNetwork network, Kernels kernels) {
    SpikeformerModel model = SpikeformerModel.create(network, kernels, 3);
    Entry head = model.layout().entry("head/linear.weight");
    Random random = new Random(5);
    float[] values = new float[(int) head.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    model.state().slice(head.offset(), head.length()).put(values);
    for (Entry entry : model.layout().entries()) {
      if (entry.name().endsWith("bn.bias")) {
        float[] shifts = new float[(int) entry.length()];
        for (int i = 0; i < shifts.length; i++) {
          shifts[i] = (float) random.nextGaussian();
        }
        model.state().slice(entry.offset(), entry.length()).put(shifts);
      }
    }
    return model;
  }

  @ParameterizedTest
  @CsvSource({"reference, 1, NONE", "reference, 2, BLOCK", "auto, 1, BLOCK", "auto, 2, NONE"})
  void gradientsAreThoseOfFiniteDifferences(String choice, int timesteps, Recompute recompute) {
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = model(new TapNetwork(timesteps, Precision.FLOAT32), kernels)) {
      model.recompute(recompute);
      float[] state = model.state().toArray();
      model.step(images(), LOSS);
      float[] gradient = model.gradient().toArray();
      for (Entry entry : model.layout().entries()) {
        // behind the mean over space, shifts matter alone
        if (!entry.name().endsWith("bn.weight") && !entry.name().endsWith("bn.bias")) {
          continue;
        }
        for (int i = 0; i < entry.length(); i += 3) {
          int at = (int) entry.offset() + i;
          double expected = (lossAt(model, state, at, 0.01f) - lossAt(model, state, at, -0.01f));
          assertThat((double) gradient[at])
              .as("%s[%d]", entry.name(), i)
              .isCloseTo(expected / 0.02, within(5e-4));
        }
      }
    }
  }

  private static double lossAt(SpikeformerModel model, float[] state, int index, float delta) {
    float[] moved = state.clone();
    moved[index] += delta;
    model.state().put(moved);
    return model.step(images(), LOSS);
  }

  @ParameterizedTest
  @CsvSource({"reference, FLOAT32", "auto, FLOAT32", "reference, BFLOAT16", "auto, BFLOAT16"})
  void recomputingChangesNoBitAndNothingIsLeft(String choice, Precision precision) {
    TapNetwork network = new TapNetwork(2, precision);
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel kept = model(network, kernels);
        SpikeformerModel again = model(network, kernels);
        SpikeformerModel exact = model(new TapNetwork(2, Precision.FLOAT32), kernels)) {
      again.recompute(Recompute.BLOCK);
      exact.step(images(), LOSS);
      for (int step = 0; step < 2; step++) {
        assertThat(again.step(images(), LOSS)).isEqualTo(kept.step(images(), LOSS));
        float[] gradient = kept.gradient().toArray();
        assertThat(again.gradient().toArray()).isEqualTo(gradient);
        assertThat(again.state().toArray()).isEqualTo(kept.state().toArray());
        if (step == 0) {
          assertThat(cosine(gradient, exact.gradient().toArray())).isGreaterThan(0.999);
        }
      }
      float[] logits = ClassLogits.mean(kept.infer(images()));
      assertThat(ClassLogits.mean(again.infer(images()))).isEqualTo(logits);
    }
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      first += (double) a[i] * a[i];
      second += (double) b[i] * b[i];
    }
    return product / Math.sqrt(first * second);
  }

  @ParameterizedTest
  @CsvSource({"NONE", "BLOCK"})
  void theMemoryEstimateIsThatOfTheRealPasses(Recompute recompute) {
    TapNetwork network = new TapNetwork(2, Precision.FLOAT32);
    try (Kernels kernels = KernelProvider.create("auto", 1)) {
      Workload workload = Workload.of(network, BATCH, SIDE, SIDE, kernels);
      long input = (long) Float.BYTES * 2 * BATCH * SIDE * SIDE * 3;
      try (SpikeformerModel model = SpikeformerModel.create(network, kernels, 3)) {
        model.recompute(recompute);
        model.step(images(), LOSS);
        MemoryNeed need = MemoryNeed.ofTraining(workload, recompute, OptimizerName.SGD);
        assertThat(need.parts().get(0).bytes()).isEqualTo(model.workspaceBytes() + input);
      }
      try (SpikeformerModel model = SpikeformerModel.create(network, kernels, 3)) {
        model.infer(images());
        assertThat(MemoryNeed.ofInference(workload).parts().get(0).bytes())
            .isEqualTo(model.workspaceBytes() + input);
      }
    }
  }

  @Test
  void theAccountsFollowTheNames() {
    TapNetwork network = new TapNetwork(1, Precision.FLOAT32);
    assertThat(LayerCosts.of(network, SIDE, SIDE).layers(CountingConvention.FUSED))
        .filteredOn(cost -> cost.block().startsWith("taps"))
        .extracting(cost -> cost.layer() + " " + cost.macs())
        .containsExactly(
            "taps1.large " + 4 * 4 * 9 * 64,
            "taps1.small " + 4 * 4 * 64,
            "taps2.large " + 4 * 4 * 9 * 64,
            "taps2.small " + 4 * 4 * 64);
    assertThat(ModelSummary.of(network, SIDE, SIDE).parameters())
        .isEqualTo(ParameterLayout.of(network).trainable());
  }

  @Test
  void theGraphShowsTheEdgesAndTheOrderOfTheBlocks() {
    TapNetwork network = new TapNetwork(1, Precision.FLOAT32);
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(network, kernels, 3)) {
      ComputationGraphConfiguration graph = model.graph().getConfiguration();
      assertThat(graph.getVertexInputs().get("taps2.inputs")).containsExactly("stem", "taps1");
      assertThat(graph.getVertexInputs().get("taps2")).containsExactly("taps2.inputs");
      assertThat(graph.getVertexInputs().get("deep")).containsExactly("stem");
      assertThat(model.graph().summary()).contains("taps1.inputs");
      assertThat(
              Arrays.stream(model.graph().getLayers())
                  .map(layer -> layer.conf().getLayer().getLayerName()))
          .containsExactlyElementsOf(network.blocks().stream().map(BlockSpec::name).toList());
      ComputationGraphConfiguration again = ComputationGraphConfiguration.fromJson(graph.toJson());
      assertThat(again).isEqualTo(graph);
    }
  }

  /** Edges of a saved graph are those of the one before, and its parameters lie where they lay. */
  @Test
  void edgesSurviveModelSerializer(@TempDir Path folder) throws Exception {
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.builder("small").widths(8, 16, 16, 16).stem(3, 1).heads(2).build();
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs(BlockSpec.IMAGES)
                .addLayer("stage1.downsample1", new BlockLayerConfig(config, 0), BlockSpec.IMAGES)
                .addLayer(
                    "stage1.conv_block1", new BlockLayerConfig(config, 1), "stage1.downsample1")
                .addVertex("taps", new BlockInputs(), "stage1.conv_block1", "stage1.downsample1")
                .addLayer("stage1.downsample2", new BlockLayerConfig(config, 2), "taps")
                .setOutputs("stage1.downsample2")
                .build());
    graph.init();
    Path file = folder.resolve("graph.zip");
    ModelSerializer.writeModel(graph, file.toFile(), false);
    ComputationGraph again = ModelSerializer.restoreComputationGraph(file.toFile(), false);
    assertThat(again.getConfiguration()).isEqualTo(graph.getConfiguration());
    assertThat(again.getVertex("taps").toString()).isEqualTo("BlockInputs(taps)");
    assertThat(again.params()).isEqualTo(graph.params());
  }

  @Test
  void aNetworkThatIsNoGraphIsRefused() {
    TapNetwork network = new TapNetwork(1, Precision.FLOAT32);
    List<BlockSpec> blocks = network.blocks();
    assertThatThrownBy(() -> activations(network, blocks.subList(1, blocks.size())))
        .hasMessage("network: block side: expected to read one of [images], found stem");
    assertThatThrownBy(() -> activations(network, blocks.subList(0, 3)))
        .hasMessage("network: expected every block but the last to be read, found [side, deep]");
  }

  private static Activations activations(TapNetwork network, List<BlockSpec> specs) {
    Map<BlockSpec, Block> blocks = new LinkedHashMap<>();
    specs.forEach(spec -> blocks.put(spec, Block.of(network, spec)));
    return new Activations(blocks);
  }
}
