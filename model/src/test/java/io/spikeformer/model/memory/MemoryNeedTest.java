package io.spikeformer.model.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.model.CrossEntropy;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.box.RegionCounts;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.optim.OptimizerName;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryNeedTest {
  private static final Workload LARGE =
      new Workload(MetaSpikeFormerConfig.preset("15M").withTimesteps(4), 32, 224, 224, 2);

  @ParameterizedTest
  @CsvSource({
    "1, 3, 16, FLOAT32, NONE, SDSA_1, 0",
    "1, 3, 16, FLOAT32, BLOCK, SDSA_2, 0",
    "4, 2, 24, FLOAT32, NONE, SDSA_3, 0",
    "4, 2, 16, FLOAT32, BLOCK, SDSA_4, 0",
    "1, 2, 24, BFLOAT16, BLOCK, SDSA_3, 0",
    "4, 3, 16, BFLOAT16, NONE, SDSA_3, 0",
    "1, 3, 16, FLOAT32, NONE, SDSA_3, 4",
    "2, 2, 24, BFLOAT16, BLOCK, SDSA_3, 8"
  })
  void aDryRunTakesTheBytesOfTheRealPasses(
      int timesteps,
      int batch,
      int side,
      Precision precision,
      Recompute recompute,
      AttentionOperator attention,
      int levels) {
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.builder("small")
            .widths(16, 16, 24, 32)
            .depths(2, 1)
            .stem(3, 1)
            .classes(5)
            .timesteps(timesteps)
            .attention(attention)
            .precision(precision)
            .neuron(levels == 0 ? NeuronConfig.PAPER : NeuronConfig.integer(levels))
            .build();
    assertBytesOfTheRealPasses(config, batch, side, recompute);
  }

  /** An E-SpikeFormer, whose values are wider, with a width that is no multiple of 8. */
  @ParameterizedTest
  @CsvSource({"1, FLOAT32, NONE", "2, FLOAT32, BLOCK", "2, BFLOAT16, NONE", "1, BFLOAT16, BLOCK"})
  void aDryRunOfAnESpikeFormerTakesTheBytesOfTheRealPasses(
      int timesteps, Precision precision, Recompute recompute) {
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.preset("e-spikeformer-5m").toBuilder()
            .widths(16, 12, 24, 32)
            .depths(2, 1)
            .stem(3, 1)
            .classes(5)
            .timesteps(timesteps)
            .precision(precision)
            .build();
    assertBytesOfTheRealPasses(config, 3, 24, recompute);
  }

  private static void assertBytesOfTheRealPasses(
      MetaSpikeFormerConfig config, int batch, int side, Recompute recompute) {
    Images images = Images.of(new float[batch * side * side * 3], batch, side, side, 3);
    try (Kernels kernels = KernelProvider.create("auto", 1)) {
      Workload workload = Workload.of(config, batch, side, side, kernels);
      try (SpikeformerModel model = SpikeformerModel.create(config, kernels, 1);
          DryRun dry = new DryRun(workload)) {
        model.recompute(recompute);
        model.step(images, new CrossEntropy(0.1).on(new int[batch]));
        assertThat(dry.step(recompute).workspaceBytes()).isEqualTo(model.workspaceBytes());
        assertThat(dry.parameterBytes()).isEqualTo(4 * model.layout().length());
      }
      try (SpikeformerModel model = SpikeformerModel.create(config, kernels, 1);
          DryRun dry = new DryRun(workload)) {
        model.freeze();
        model.infer(images);
        assertThat(dry.infer().workspaceBytes()).isEqualTo(model.workspaceBytes());
      }
    }
  }

  @Test
  void integersAtOneTimestepNeedLittleMoreThanSpikesAndMuchLessThanFourTimesteps() {
    long one = training(MetaSpikeFormerConfig.preset("15M"));
    long four = training(MetaSpikeFormerConfig.preset("15M").withTimesteps(4));
    long integers =
        training(MetaSpikeFormerConfig.preset("15M").withNeuron(NeuronConfig.integer(4)));
    assertThat(integers).isBetween(one, one + one / 6);
    assertThat(integers).isLessThan(four * 6 / 10);
  }

  private static long training(MetaSpikeFormerConfig config) {
    try (DryRun dry = new DryRun(new Workload(config, 8, 224, 224, 2))) {
      return dry.step(Recompute.NONE).workspaceBytes();
    }
  }

  /** Heads of dense prediction read integers too. */
  @ParameterizedTest
  @CsvSource({
    "segmentation, FLOAT32",
    "detection, BFLOAT16",
    "one stage, FLOAT32",
    "one stage, BFLOAT16"
  })
  void aDryRunOfAHeadOfIntegersTakesTheBytesOfTheRealPasses(String head, Precision precision) {
    MetaSpikeFormerConfig.Builder builder =
        MetaSpikeFormerConfig.builder("small")
            .widths(16, 16, 24, 32)
            .depths(1, 1)
            .classes(3)
            .precision(precision)
            .neuron(NeuronConfig.integer(4));
    switch (head) {
      case "segmentation" -> builder.semanticFpn(SemanticFpn.published(16));
      case "detection" ->
          builder.maskRcnn(
              new MaskRcnn(
                  16,
                  16,
                  MaskRcnn.Predictor.SPIKES,
                  SemanticFpn.Norm.NONE,
                  SemanticFpn.Norm.NONE,
                  MaskRcnn.Strides.REAL,
                  SemanticFpn.Fuse.KEEP));
      default -> builder.yolo(new Yolo(List.of(16, 16, 32), Yolo.PUBLISHED.anchors()));
    }
    MetaSpikeFormerConfig config = builder.build();
    float[] pixels = new float[2 * 64 * 64 * 3];
    Random random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 3 * (float) random.nextGaussian();
    }
    Images images = Images.of(pixels, 2, 64, 64, 3);
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1);
        DryRun dry = new DryRun(Workload.of(config, 2, 64, 64, kernels))) {
      FiringCounts counts = new FiringCounts(1);
      model.collect(counts);
      model.chooseRegions(new MostRegions(2, RegionCounts.TRAINING));
      model.step(images, outputs -> 0);
      assertThat(dry.step(Recompute.NONE).workspaceBytes()).isEqualTo(model.workspaceBytes());
      assertThat(counts.layers()).allMatch(layer -> counts.rate(layer) <= 4);
      assertThat(counts.layers())
          .anyMatch(layer -> layer.startsWith("head.") && counts.rate(layer) > 0);
    }
  }

  /** A detector with as many regions as there can be, on images of odd sizes. */
  @ParameterizedTest
  @CsvSource({
    "1, SPIKES, KEEP, NONE, FLOAT32, 8", "2, MEMBRANE, KEEP, BLOCK, FLOAT32, 12",
    "2, SPIKES, MEAN, NONE, FLOAT32, 8", "2, SPIKES, MEAN, BLOCK, FLOAT32, 8",
    "2, SPIKES, KEEP, BLOCK, BFLOAT16, 12", "1, MEMBRANE, KEEP, NONE, BFLOAT16, 8"
  })
  void aDryRunOfADetectorTakesTheBytesOfTheRealPasses(
      int timesteps,
      MaskRcnn.Predictor predictor,
      SemanticFpn.Fuse fuse,
      Recompute recompute,
      Precision precision,
      int width) {
    SemanticFpn.Norm norm =
        recompute == Recompute.BLOCK ? SemanticFpn.Norm.BATCH : SemanticFpn.Norm.NONE;
    MaskRcnn form = new MaskRcnn(width, 16, predictor, norm, norm, MaskRcnn.Strides.REAL, fuse);
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.builder("small")
            .widths(16, 16, 24, 32)
            .depths(1, 1)
            .classes(3)
            .timesteps(timesteps)
            .precision(precision)
            .maskRcnn(form)
            .build();
    Images images = Images.of(new float[2 * 70 * 61 * 3], 2, 70, 61, 3);
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1);
        SpikeformerModel other = SpikeformerModel.create(config, kernels, 1)) {
      Workload workload = Workload.of(config, 2, 70, 61, kernels);
      try (DryRun dry = new DryRun(workload)) {
        model.recompute(recompute);
        model.chooseRegions(new MostRegions(2, RegionCounts.TRAINING));
        model.step(images, outputs -> 0);
        assertThat(dry.step(recompute).workspaceBytes()).isEqualTo(model.workspaceBytes());
      }
      try (DryRun dry = new DryRun(workload)) {
        other.freeze();
        other.chooseRegions(new MostRegions(2, RegionCounts.EVALUATION));
        other.infer(images);
        assertThat(dry.infer().workspaceBytes()).isEqualTo(other.workspaceBytes());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, NONE, FLOAT32, 8", "2, BLOCK, FLOAT32, 12", "2, NONE, BFLOAT16, 16"})
  void aDryRunOfAOneStageDetectorTakesTheBytesOfTheRealPasses(
      int timesteps, Recompute recompute, Precision precision, int width) {
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.builder("small")
            .widths(16, 16, 24, 32)
            .depths(1, 1)
            .classes(3)
            .timesteps(timesteps)
            .precision(precision)
            .yolo(new Yolo(List.of(width, width, 2 * width), Yolo.PUBLISHED.anchors()))
            .build();
    Images images = Images.of(new float[2 * 70 * 61 * 3], 2, 70, 61, 3);
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1);
        SpikeformerModel other = SpikeformerModel.create(config, kernels, 1)) {
      Workload workload = Workload.of(config, 2, 70, 61, kernels);
      try (DryRun dry = new DryRun(workload)) {
        model.recompute(recompute);
        model.step(images, outputs -> 0);
        assertThat(dry.step(recompute).workspaceBytes()).isEqualTo(model.workspaceBytes());
      }
      try (DryRun dry = new DryRun(workload)) {
        other.freeze();
        other.infer(images);
        assertThat(dry.infer().workspaceBytes()).isEqualTo(other.workspaceBytes());
      }
    }
  }

  @Test
  void recomputationAndBfloat16NeedLess() {
    long kept = MemoryNeed.ofTraining(LARGE, Recompute.NONE, OptimizerName.LAMB).bytes();
    long again = MemoryNeed.ofTraining(LARGE, Recompute.BLOCK, OptimizerName.LAMB).bytes();
    Workload half = new Workload(LARGE.config().withPrecision(Precision.BFLOAT16), 32, 224, 224, 2);
    assertThat(again).isLessThan(kept / 2);
    assertThat(MemoryNeed.ofTraining(half, Recompute.NONE, OptimizerName.LAMB).bytes())
        .isLessThan(kept * 3 / 4);
    assertThat(MemoryNeed.ofInference(LARGE).bytes()).isLessThan(again);
  }

  @Test
  void aRefusalSaysWhatIsNeededWhatIsLeftAndWhatToDo() {
    MemoryNeed need = MemoryNeed.ofTraining(LARGE, Recompute.NONE, OptimizerName.LAMB);
    assertThat(need.refusal(2, new MachineMemory(2 * need.bytes(), 2_000_000_000))).isEmpty();
    assertThat(need.refusal(2, new MachineMemory(7_900_000_000L, 2_000_000_000)).orElseThrow())
        .matches(
            "memory: training 15M, T = 4, batch 32, 224x224, float32 needs \\d+\\.\\d\\d GB outside"
                + " the heap for each of 2 replicas \\(activations \\d+\\.\\d\\d, parameters and"
                + " optimizer 0\\.2\\d, scratch \\d\\.\\d\\d\\), and 7\\.90 GB are left beside the"
                + " heap of 2\\.00 GB: choose a smaller batch, recompute: block, precision: bfloat16"
                + " or fewer replicas at once");
    MemoryNeed inference = MemoryNeed.ofInference(LARGE);
    assertThat(inference.refusal(1, new MachineMemory(-5, 2_000_000_000)).orElseThrow())
        .contains("inference of 15M, T = 4, batch 32", "and 0.00 GB are left")
        .endsWith("choose a smaller batch or precision: bfloat16");
  }

  @Test
  void aNeedBeyondTheMachinesAddressesIsStillANumber() {
    Workload huge = new Workload(LARGE.config(), 2_000_000, 224, 224, 2);
    MemoryNeed need = MemoryNeed.ofTraining(huge, Recompute.NONE, OptimizerName.SGD);
    double images = 2_000_000.0 / 32;
    long part =
        MemoryNeed.ofTraining(LARGE, Recompute.NONE, OptimizerName.SGD).parts().get(0).bytes();
    assertThat(need.parts().get(0).bytes() / (images * part)).isBetween(0.95, 1.1);
    Workload unthinkable = new Workload(LARGE.config(), 1, 1_000_000, 1_000_000, 2);
    assertThatThrownBy(() -> MemoryNeed.ofInference(unthinkable))
        .hasMessage(
            "memory: 15M, T = 4, batch 1, 1000000x1000000, float32: one image alone needs more than"
                + " this machine can give: choose smaller images or fewer timesteps");
  }
}
