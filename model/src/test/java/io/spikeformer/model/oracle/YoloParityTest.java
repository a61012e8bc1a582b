package io.spikeformer.model.oracle;

import static io.spikeformer.model.oracle.OracleParityTest.assertGradientsOfIntegers;
import static io.spikeformer.model.oracle.OracleParityTest.assertRates;
import static io.spikeformer.model.oracle.OracleParityTest.assertTensors;
import static io.spikeformer.model.oracle.OracleParityTest.images;
import static io.spikeformer.model.oracle.OracleParityTest.load;
import static io.spikeformer.model.oracle.OracleParityTest.width;
import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Kernels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The one-stage detector against recordings of its PyTorch form. */
class YoloParityTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("spikeformer.root", ".."), "model/src/test/resources/yolo");

  @ParameterizedTest(name = "{1}, {0} kernels, recompute {2}")
  @CsvSource({
    "reference, t1, NONE",
    "reference, t2, NONE",
    "reference, t4, NONE",
    "reference, t1_odd, NONE",
    "reference, t2_empty, BLOCK",
    "auto, t1, NONE",
    "auto, t2, NONE",
    "auto, t4, NONE",
    "auto, t1_odd, NONE",
    "auto, t2_empty, NONE",
    "auto, t1_odd, BLOCK",
    "auto, t4, BLOCK"
  })
  void matchesTheRecording(String choice, String name, Recompute recompute) throws IOException {
    Map<String, Npz.Array> oracle = read(name);
    MetaSpikeFormerConfig config = config(name, oracle);
    OracleNames names = new OracleNames(config);
    Images images = images(oracle.get("input"));
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      model.recompute(recompute);
      load(model, names, oracle);
      FiringCounts counts = new FiringCounts(config.timesteps());
      model.collect(counts);
      assertAnswers(model.infer(images), oracle, "eval");
      assertRates(counts, names, oracle);
      model.collect(null);
      model.freeze();
      assertAnswers(model.infer(images), oracle, "eval");
      model.thaw();
      model.step(
          images,
          outputs -> {
            assertAnswers(outputs, oracle, "train");
            return fill(outputs, oracle);
          });
      assertTensors(model, names, oracle);
    }
  }

  /** Rounded products flip spikes of so small a network, so that its answers are others. */
  @ParameterizedTest
  @CsvSource({"t1, NONE", "t2, BLOCK"})
  void trainsInBfloat16(String name, Recompute recompute) throws IOException {
    Map<String, Npz.Array> oracle = read(name);
    MetaSpikeFormerConfig config = config(name, oracle).withPrecision(Precision.BFLOAT16);
    Images images = images(oracle.get("input"));
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      load(model, new OracleNames(config), oracle);
      model.recompute(recompute);
      model.step(images, outputs -> fill(outputs, oracle));
      for (Entry entry : model.layout().entries()) {
        float[] gradient = model.gradient().slice(entry.offset(), entry.length()).toArray();
        double square = 0;
        for (float value : gradient) {
          square += (double) value * value;
        }
        assertThat(square).as(entry.name()).isFinite();
        if (entry.name().matches("head/.*weight")) {
          assertThat(square).as(entry.name()).isPositive();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t1", "t1_odd"})
  void integersHaveTheSameGradientsWithBothKernels(String name) throws IOException {
    Map<String, Npz.Array> oracle = read(name);
    assertGradientsOfIntegers(
        config(name, oracle),
        oracle,
        model -> model.step(images(oracle.get("input")), outputs -> fill(outputs, oracle)));
  }

  private static double fill(Outputs outputs, Map<String, Npz.Array> oracle) {
    for (int level = 0; level < Yolo.LEVELS; level++) {
      outputs
          .gradient(YoloHeadSpec.answers(level))
          .put(oracle.get("train/gradient/" + level).values());
    }
    return 0;
  }

  private static void assertAnswers(Outputs outputs, Map<String, Npz.Array> oracle, String mode) {
    assertThat(outputs.names()).isEqualTo(List.of("answers0", "answers1", "answers2"));
    for (int level = 0; level < Yolo.LEVELS; level++) {
      Npz.Array expected = oracle.get(mode + "/answers/" + level);
      float[] found = outputs.value(YoloHeadSpec.answers(level)).toArray();
      assertThat(outputs.value(YoloHeadSpec.answers(level)).shape()).isEqualTo(expected.shape());
      double largest = 0;
      double error = 0;
      for (int i = 0; i < found.length; i++) {
        largest = Math.max(largest, Math.abs(expected.values()[i]));
        error = Math.max(error, Math.abs((double) found[i] - expected.values()[i]));
      }
      assertThat(error).as(mode + " level " + level).isLessThanOrEqualTo(1e-4 * largest);
    }
  }

  private static Map<String, Npz.Array> read(String name) throws IOException {
    try (InputStream stream = Files.newInputStream(FOLDER.resolve(name + ".npz"))) {
      return Npz.read(stream);
    }
  }

  private static MetaSpikeFormerConfig config(String name, Map<String, Npz.Array> oracle) {
    int perCell = (int) oracle.get("eval/answers/0").shape()[3];
    return MetaSpikeFormerConfig.builder(name)
        .widths(
            2 * width(oracle, "stages.1.sep.pw2.0.weight"),
            width(oracle, "stages.4.conv.0.weight"),
            width(oracle, "stages.7.conv.0.weight"),
            width(oracle, "stages.8.conv.0.weight"))
        .depths(0, 0)
        .classes(width(oracle, "answers.0.conv.weight") / perCell - YoloHeadSpec.NUMBERS)
        .timesteps(oracle.get("eval/rate/stages.2.lif").values().length)
        .yolo(
            new Yolo(
                List.of(
                    width(oracle, "neck.top_down3.merge.conv.weight"),
                    width(oracle, "neck.top_down4.merge.conv.weight"),
                    width(oracle, "neck.bottom_up5.merge.conv.weight")),
                Yolo.PUBLISHED.anchors()))
        .build();
  }
}
