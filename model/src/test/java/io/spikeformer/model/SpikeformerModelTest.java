package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.UserException;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.Kernels;
import java.nio.file.Path;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataBuffer;

class SpikeformerModelTest {
  static final MetaSpikeFormerConfig SMALL =
      MetaSpikeFormerConfig.builder("small")
          .widths(8, 16, 16, 16)
          .depths(1, 1)
          .stem(3, 1)
          .heads(2)
          .classes(5)
          .neuron(NeuronConfig.PAPER)
          .build();

  private final Kernels kernels = KernelProvider.create("reference", 1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  static float[] noise(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static Images batch(int size) {
    return Images.of(noise(size * 16 * 16 * 3, 7), size, 16, 16, 3);
  }

  @ParameterizedTest
  @CsvSource({
    "15M, 15112208",
    "31M, 31333864",
    "55M, 55350248",
    "tiny, 2209258",
    "hardvs-18M, 18262980"
  })
  void presetsHaveThePublishedNumberOfParameters(String preset, long expected) {
    MetaSpikeFormerConfig config = MetaSpikeFormerConfig.preset(preset);
    long trainable =
        config.blocks().stream()
            .flatMap(spec -> Block.of(config, spec).parameters().all().stream())
            .filter(parameter -> parameter.kind().trainable())
            .mapToLong(parameter -> parameter.length())
            .sum();
    assertThat(trainable).isEqualTo(expected);
  }

  @Test
  void initialParametersAreDrawnAsPyTorchDrawsThem() {
    try (SpikeformerModel model = SpikeformerModel.create(SMALL, kernels, 3)) {
      for (Entry entry : model.layout().entries()) {
        float[] values = model.state().slice(entry.offset(), entry.length()).toArray();
        if (entry.kind() == Kind.WEIGHT && !entry.name().startsWith("head")) {
          double bound = 1 / Math.sqrt((double) entry.length() / entry.shape().get(0));
          assertThat(max(values))
              .as(entry.name())
              .isLessThanOrEqualTo((float) bound)
              .isGreaterThan((float) (0.7 * bound));
        }
      }
      assertThat(values(model, "head/linear.bias")).containsOnly(0f);
      assertThat(values(model, "stage2.conv_block1/conv1.bn.runningVar")).containsOnly(1f);
      assertThat(deviation(values(model, "head/linear.weight"))).isCloseTo(0.02, within(0.005));
    }
  }

  private static float[] values(SpikeformerModel model, String name) {
    Entry entry = model.layout().entry(name);
    return model.state().slice(entry.offset(), entry.length()).toArray();
  }

  private static float max(float[] values) {
    float max = 0;
    for (float value : values) {
      max = Math.max(max, Math.abs(value));
    }
    return max;
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  @Test
  void sameSeedGivesTheSameParametersAndAnotherSeedOthers() {
    try (SpikeformerModel one = SpikeformerModel.create(SMALL, kernels, 3);
        SpikeformerModel same = SpikeformerModel.create(SMALL, kernels, 3);
        SpikeformerModel other = SpikeformerModel.create(SMALL, kernels, 4)) {
      assertThat(one.state().toArray()).isEqualTo(same.state().toArray());
      assertThat(one.state().toArray()).isNotEqualTo(other.state().toArray());
    }
  }

  @ParameterizedTest
  @EnumSource(AttentionOperator.class)
  void survivesModelSerializer(AttentionOperator attention, @TempDir Path folder) throws Exception {
    MetaSpikeFormerConfig config = SMALL.toBuilder().attention(attention).timesteps(2).build();
    try (SpikeformerModel model = SpikeformerModel.create(config, kernels, 3)) {
      model.step(batch(2), new CrossEntropy(0).on(new int[] {0, 1}));
      float[] before = ClassLogits.mean(model.infer(batch(2)));
      Path file = folder.resolve("model.zip");
      ModelSerializer.writeModel(model.graph(), file.toFile(), false);

      ComputationGraph restored = ModelSerializer.restoreComputationGraph(file.toFile(), false);
      try (SpikeformerModel again = SpikeformerModel.of(restored, kernels)) {
        assertThat(again.config()).isEqualTo(config);
        assertThat(again.state().toArray()).isEqualTo(model.state().toArray());
        assertThat(ClassLogits.mean(again.infer(batch(2)))).isEqualTo(before);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"reference, 1", "reference, 4", "auto, 4"})
  void recomputingChangesNoBitAndSavesMemory(String choice, int timesteps) {
    try (Kernels chosen = KernelProvider.create(choice, 2);
        SpikeformerModel kept = SpikeformerModel.create(SMALL.withTimesteps(timesteps), chosen, 3);
        SpikeformerModel again =
            SpikeformerModel.create(SMALL.withTimesteps(timesteps), chosen, 3)) {
      again.recompute(Recompute.BLOCK);
      for (int step = 0; step < 2; step++) {
        double expected = kept.step(batch(2), new CrossEntropy(0).on(new int[] {0, 1}));
        double found = again.step(batch(2), new CrossEntropy(0).on(new int[] {0, 1}));
        assertThat(found).isEqualTo(expected);
        assertThat(again.gradient().toArray()).isEqualTo(kept.gradient().toArray());
        assertThat(again.state().toArray()).isEqualTo(kept.state().toArray());
      }
      assertThat(again.workspaceBytes()).isLessThan(kept.workspaceBytes() * 4 / 5);
    }
  }

  @Test
  void aModelFreesTheVectorsOfItsOwnGraphOnceAndOfNoOther() {
    SpikeformerModel model = SpikeformerModel.create(SMALL, kernels, 3);
    model.infer(batch(2));
    assertThat(model.graph().getFlattenedGradients()).as("gradient before a step").isNull();
    model.step(batch(2), new CrossEntropy(0).on(new int[] {0, 1}));
    DataBuffer state = model.graph().params().data().originalDataBuffer();
    DataBuffer gradient = model.graph().getFlattenedGradients().data();
    ComputationGraph copy = model.graph().clone();
    float[] before = model.state().toArray();
    model.close();
    model.close();
    assertThat(state.wasClosed()).isTrue();
    assertThat(gradient.wasClosed()).isTrue();

    SpikeformerModel.of(copy, kernels).close();
    assertThat(copy.params().toFloatVector()).isEqualTo(before);
  }

  @Test
  void summaryListsTheBlocks() {
    try (SpikeformerModel model = SpikeformerModel.create(SMALL, kernels, 3)) {
      assertThat(model.graph().summary()).contains("stage1.conv_block1", "stage3.block1", "head");
    }
  }

  @Test
  void aGraphWithoutKernelsSaysWhatToDo() {
    try (SpikeformerModel model = SpikeformerModel.create(SMALL, kernels, 3)) {
      ComputationGraph copy = new ComputationGraph(model.graph().getConfiguration());
      copy.init();
      assertThatThrownBy(() -> copy.output(org.nd4j.linalg.factory.Nd4j.zeros(1, 16, 16, 3)))
          .hasStackTraceContaining("SpikeformerModel.of(graph, kernels)");
    }
  }

  @Test
  void oneFrameShownAtEveryTimestepIsAStaticImage() {
    MetaSpikeFormerConfig config = SMALL.withTimesteps(3);
    try (SpikeformerModel model = SpikeformerModel.create(config, kernels, 3)) {
      float[] image = noise(2 * 16 * 16 * 3, 5);
      float[] frames = new float[3 * image.length];
      for (int t = 0; t < 3; t++) {
        System.arraycopy(image, 0, frames, t * image.length, image.length);
      }
      assertThat(ClassLogits.mean(model.infer(new Images(frames, 3, 2, 16, 16, 3))))
          .isEqualTo(ClassLogits.mean(model.infer(Images.of(image, 2, 16, 16, 3))));
      assertThatThrownBy(() -> model.infer(new Images(new float[2 * 16 * 16 * 3], 2, 1, 16, 16, 3)))
          .hasMessage("images: expected 1 or T = 3 frames, found 2");
      assertThatThrownBy(() -> model.infer(Images.of(new float[16 * 16 * 2], 1, 16, 16, 2)))
          .hasMessage("images: expected 3 channels, found 2");
    }
  }

  /**
   * The loss is smooth in the head's linear layer, so finite differences must find its gradient.
   */
  @Test
  void gradientOfTheHeadIsThatOfFiniteDifferences() {
    MetaSpikeFormerConfig config = SMALL.withTimesteps(2);
    int[] labels = {4, 2, 0};
    try (SpikeformerModel model = SpikeformerModel.create(config, kernels, 3)) {
      model.step(batch(3), new CrossEntropy(0.1).on(labels));
      float[] gradient = model.gradient().toArray();
      for (String name : new String[] {"head/linear.weight", "head/linear.bias"}) {
        Entry entry = model.layout().entry(name);
        for (int i = 0; i < entry.length(); i += 3) {
          int at = (int) entry.offset() + i;
          double expected =
              (lossAt(model, labels, at, 0.01f) - lossAt(model, labels, at, -0.01f)) / 0.02;
          assertThat((double) gradient[at]).as(name + i).isCloseTo(expected, within(2e-4));
        }
      }
    }
  }

  private static double lossAt(SpikeformerModel model, int[] labels, int index, float delta) {
    float[] state = model.state().toArray();
    float[] moved = state.clone();
    moved[index] += delta;
    model.state().put(moved);
    double loss = model.step(batch(3), new CrossEntropy(0.1).on(labels));
    model.state().put(state);
    return loss;
  }

  @Test
  void aStepIsRepeatableAndReusesItsBuffers() {
    try (SpikeformerModel model = SpikeformerModel.create(SMALL.withTimesteps(2), kernels, 3)) {
      float[] state = model.state().toArray();
      double loss = model.step(batch(2), new CrossEntropy(0.1).on(new int[] {1, 2}));
      float[] gradient = model.gradient().toArray();
      float[] after = model.state().toArray();
      long bytes = model.workspaceBytes();

      model.state().put(state);
      assertThat(model.step(batch(2), new CrossEntropy(0.1).on(new int[] {1, 2}))).isEqualTo(loss);
      assertThat(model.gradient().toArray()).isEqualTo(gradient);
      assertThat(model.state().toArray()).isEqualTo(after);
      assertThat(model.workspaceBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void everyTrainedTensorReceivesAGradientAndStatisticsNone() {
    MetaSpikeFormerConfig masking =
        SMALL.toBuilder().timesteps(4).attention(AttentionOperator.SDSA_1).build();
    try (SpikeformerModel model = SpikeformerModel.create(masking, kernels, 3)) {
      model.step(batch(4), new CrossEntropy(0.1).on(new int[] {0, 1, 2, 3}));
      for (Entry entry : model.layout().entries()) {
        float max = max(model.gradient().slice(entry.offset(), entry.length()).toArray());
        if (entry.kind() == Kind.STATISTIC) {
          assertThat(max).as(entry.name()).isZero();
        } else if (entry.kind() == Kind.WEIGHT) {
          assertThat(max).as(entry.name()).isPositive();
        }
      }
    }
  }

  @Test
  void bfloat16StaysCloseToFloat32() {
    MetaSpikeFormerConfig half = SMALL.toBuilder().precision(Precision.BFLOAT16).build();
    try (SpikeformerModel full = SpikeformerModel.create(SMALL, kernels, 3);
        SpikeformerModel reduced = SpikeformerModel.create(half, kernels, 3)) {
      double expected = full.step(batch(4), new CrossEntropy(0.1).on(new int[] {0, 1, 2, 3}));
      double found = reduced.step(batch(4), new CrossEntropy(0.1).on(new int[] {0, 1, 2, 3}));
      assertThat(found).isCloseTo(expected, within(0.05));
      assertThat(found).isNotEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1.3132616875, -0.7310585786, 0.7310585786",
    "0.1, 1.2632616875, -0.6810585786, 0.6810585786"
  })
  void crossEntropyIsThatOfPyTorch(double smoothing, double loss, double d0, double d1) {
    float[] gradient = new float[2];
    double found = new CrossEntropy(smoothing).loss(new float[] {0, 1}, new int[] {0}, 2, gradient);
    assertThat(found).isCloseTo(loss, within(1e-9));
    assertThat((double) gradient[0]).isCloseTo(d0, within(1e-7));
    assertThat((double) gradient[1]).isCloseTo(d1, within(1e-7));
  }

  @Test
  void impossibleConfigurationsAreRefusedInOneLine() {
    assertThatThrownBy(() -> MetaSpikeFormerConfig.preset("16M"))
        .hasMessageStartingWith(
            "preset: expected one of 15M, 31M, 55M, hardvs-18M, tiny, ade20k-16m")
        .hasMessageEndingWith(", found '16M'");
    assertThatThrownBy(() -> SMALL.withTimesteps(0))
        .hasMessage("model timesteps: expected >= 1, found 0");
    assertThatThrownBy(() -> SMALL.toBuilder().heads(3).build())
        .hasMessage(
            "model widths: expected third and fourth to be multiples of 3 heads, found [8, 16, 16,"
                + " 16]");
    assertThatThrownBy(
            () -> MetaSpikeFormerConfig.fromJson(SMALL.toJson().replace("classes", "klasses")))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("model configuration: ")
        .hasMessageContaining("lasses");
  }
}
