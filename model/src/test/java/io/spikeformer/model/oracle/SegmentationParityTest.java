package io.spikeformer.model.oracle;

import static io.spikeformer.model.oracle.OracleParityTest.assertClose;
import static io.spikeformer.model.oracle.OracleParityTest.assertGradientsOfIntegers;
import static io.spikeformer.model.oracle.OracleParityTest.assertRates;
import static io.spikeformer.model.oracle.OracleParityTest.assertTensors;
import static io.spikeformer.model.oracle.OracleParityTest.images;
import static io.spikeformer.model.oracle.OracleParityTest.load;
import static io.spikeformer.model.oracle.OracleParityTest.width;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.PixelSums;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Semantic FPN against recordings of its PyTorch form. */
class SegmentationParityTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("spikeformer.root", ".."), "../shared/fixtures/dense");

  @ParameterizedTest(name = "{1}, {0} kernels, recompute {2}")
  @CsvSource({
    "reference, seg_t1, NONE", "auto, seg_t1, NONE", "auto, seg_t1, BLOCK",
    "auto, seg_t1_odd, NONE", "auto, seg_t1_bn_ignored, NONE", "auto, seg_t2, NONE",
    "auto, seg_t2_keep, NONE", "auto, seg_t2_keep, BLOCK", "auto, seg_t4, NONE"
  })
  void matchesTheRecording(String choice, String name, Recompute recompute) throws IOException {
    Map<String, Npz.Array> oracle = Npz.recorded(FOLDER.resolve(name + ".npz"));
    MetaSpikeFormerConfig config = config(name, oracle);
    OracleNames names = new OracleNames(config);
    Images images = images(oracle.get("input"));
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      model.recompute(recompute);
      load(model, names, oracle);
      FiringCounts counts = new FiringCounts(config.timesteps());
      model.collect(counts);
      float[] logits = channelsFirst(model.infer(images).value(ClassifierHead.LOGITS));
      assertClose("eval/logits", logits, oracle.get("eval/logits").values());
      assertRates(counts, names, oracle);
      model.collect(null);
      model.freeze();
      float[] frozen = channelsFirst(model.infer(images).value(ClassifierHead.LOGITS));
      assertClose("inference form", frozen, logits);
      model.thaw();

      Npz.Array label = oracle.get("label");
      double loss = model.step(images, outputs -> loss(kernels, outputs, label));
      assertThat(loss).isCloseTo(oracle.get("train/loss").values()[0], within(1e-4));
      assertTensors(model, names, oracle);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"seg_t1", "seg_t1_bn_ignored"})
  void integersHaveTheSameGradientsWithBothKernels(String name) throws IOException {
    Map<String, Npz.Array> oracle = Npz.recorded(FOLDER.resolve(name + ".npz"));
    Images images = images(oracle.get("input"));
    assertGradientsOfIntegers(
        config(name, oracle),
        oracle,
        model ->
            model.step(images, outputs -> loss(model.kernels(), outputs, oracle.get("label"))));
  }

  private static MetaSpikeFormerConfig config(String name, Map<String, Npz.Array> oracle) {
    String stages = "backbone.stages.";
    return MetaSpikeFormerConfig.builder(name)
        .widths(
            2 * width(oracle, stages + "1.sep.pw2.0.weight"),
            width(oracle, stages + "4.conv.0.weight"),
            width(oracle, stages + "7.conv.0.weight"),
            width(oracle, stages + "9.conv.0.weight"))
        .depths(1, 1)
        .classes(width(oracle, "classifier.weight"))
        .timesteps(oracle.get("eval/rate/backbone.stages.2.lif").values().length)
        .semanticFpn(
            new SemanticFpn(
                width(oracle, "fpn.lateral.0.conv.weight"),
                width(oracle, "scales.0.0.conv.weight"),
                name.endsWith("keep") ? Fuse.KEEP : Fuse.MEAN,
                name.contains("_bn") ? Norm.BATCH : Norm.NONE))
        .build();
  }

  private static double loss(Kernels kernels, Outputs outputs, Npz.Array label) {
    Tensor logits = outputs.value(ClassifierHead.LOGITS);
    byte[] labels = new byte[label.values().length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (int) label.values()[i];
    }
    Resampling form =
        new Resampling(
            Resampling.Kind.BILINEAR,
            (int) logits.size(1),
            (int) logits.size(2),
            (int) label.shape()[1],
            (int) label.shape()[2]);
    PixelSums sums =
        kernels.pixelCrossEntropy(
            form, logits, labels, 1f / labels.length, outputs.gradient(ClassifierHead.LOGITS));
    return sums.loss() / labels.length;
  }

  /** [N, H, W, C] as the recording has it, [N, C, H, W]. */
  private static float[] channelsFirst(Tensor tensor) {
    float[] values = tensor.toArray();
    int channels = tensor.channels();
    int pixels = (int) (tensor.size(1) * tensor.size(2));
    float[] moved = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int image = i / channels / pixels;
      moved[(image * channels + i % channels) * pixels + i / channels % pixels] = values[i];
    }
    return moved;
  }
}
