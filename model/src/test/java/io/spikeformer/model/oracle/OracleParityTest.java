package io.spikeformer.model.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.CrossEntropy;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The network against recorded outputs, losses, gradients and statistics of the PyTorch oracle. */
class OracleParityTest {
  private static final double TOLERANCE = 1e-3;

  static List<Arguments> recordings() throws IOException {
    List<Path> files = new ArrayList<>();
    Path root = Path.of(System.getProperty("spikeformer.root", ".."));
    for (Path folder :
        List.of(
            root.resolve("model/src/test/resources/oracle"), root.resolve("../shared/fixtures"))) {
      if (Files.isDirectory(folder)) {
        try (var list = Files.list(folder)) {
          list.filter(f -> f.toString().endsWith(".npz")).sorted().forEach(files::add);
        }
      }
    }
    List<Arguments> cases = new ArrayList<>();
    for (String kernels : List.of("reference", "auto")) {
      for (Path file : files) {
        cases.add(Arguments.of(kernels, file.getFileName().toString(), file));
      }
    }
    return cases;
  }

  @ParameterizedTest(name = "{0} kernels, {1}")
  @MethodSource("recordings")
  void matchesTheRecording(String choice, String name, Path file) throws IOException {
    Map<String, Npz.Array> oracle;
    try (InputStream stream = Files.newInputStream(file)) {
      oracle = Npz.read(stream);
    }
    MetaSpikeFormerConfig config = config(name, oracle);
    OracleNames names = new OracleNames(config);
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      load(model, names, oracle);
      Images images = images(oracle.get("input"));

      FiringCounts counts = new FiringCounts(config.timesteps());
      model.collect(counts);
      float[] logits = ClassLogits.mean(model.infer(images));
      assertClose("eval/logits", logits, oracle.get("eval/logits").values());
      assertRates(counts, names, oracle);

      assertInferenceFormAndStep(model, images, logits, oracle, TOLERANCE);
      assertTensors(model, names, oracle);
    }
  }

  /** The inference form, the logits of a training step and its loss; the gradients stay. */
  static void assertInferenceFormAndStep(
      SpikeformerModel model,
      Images images,
      float[] logits,
      Map<String, Npz.Array> oracle,
      double tolerance) {
    model.collect(null);
    model.freeze();
    assertClose("inference form", ClassLogits.mean(model.infer(images)), logits, tolerance);
    model.thaw();

    int[] labels = labels(oracle.get("label"));
    float[] expected = oracle.get("train/logits").values();
    double loss =
        model.step(
            images,
            outputs -> {
              assertClose("train/logits", ClassLogits.mean(outputs), expected, tolerance);
              return new CrossEntropy(0.1).on(labels).loss(outputs);
            });
    assertThat(loss).isCloseTo(oracle.get("train/loss").values()[0], within(1e-4));
  }

  private static MetaSpikeFormerConfig config(String name, Map<String, Npz.Array> oracle) {
    return sizes(name, oracle)
        .timesteps((int) oracle.get("eval/rate/lif").shape()[0])
        .attention(AttentionOperator.of(name.charAt(4) - '0'))
        .build();
  }

  /** A network of the recorded widths, with a block in stages 3 and 4 each. */
  static MetaSpikeFormerConfig.Builder sizes(String name, Map<String, Npz.Array> oracle) {
    int d0 = 2 * width(oracle, "stages.1.sep.pw2.0.weight");
    int[] widths = {
      d0,
      width(oracle, "stages.4.conv.0.weight"),
      width(oracle, "stages.7.conv.0.weight"),
      width(oracle, "stages.9.conv.0.weight")
    };
    return MetaSpikeFormerConfig.builder(name)
        .widths(widths)
        .depths(1, 1)
        .channels((int) oracle.get("param/stages.0.conv.0.weight").shape()[1])
        .classes((int) oracle.get("eval/logits").shape()[1]);
  }

  static int width(Map<String, Npz.Array> oracle, String tensor) {
    return (int) oracle.get("param/" + tensor).shape()[0];
  }

  static void load(SpikeformerModel model, OracleNames names, Map<String, Npz.Array> oracle) {
    List<String> loaded = new ArrayList<>();
    oracle.forEach(
        (key, array) -> {
          if (key.startsWith("param/") || key.startsWith("stat/")) {
            Entry entry = model.layout().entry(names.tensor(key.substring(key.indexOf('/') + 1)));
            model.state().slice(entry.offset(), entry.length()).put(array.values());
            loaded.add(entry.name());
          }
        });
    assertThat(loaded)
        .containsExactlyInAnyOrderElementsOf(
            model.layout().entries().stream().map(Entry::name).toList());
  }

  /** [B,C,H,W] or [T,B,C,H,W] of the oracle to channels innermost. */
  static Images images(Npz.Array input) {
    long[] s = input.shape();
    int frames = s.length == 5 ? (int) s[0] : 1;
    int batch = (int) s[s.length - 4];
    int channels = (int) s[s.length - 3];
    int height = (int) s[s.length - 2];
    int width = (int) s[s.length - 1];
    float[] pixels = new float[input.values().length];
    int next = 0;
    for (int n = 0; n < frames * batch; n++) {
      for (int p = 0; p < height * width; p++) {
        for (int c = 0; c < channels; c++) {
          pixels[next++] = input.values()[(n * channels + c) * height * width + p];
        }
      }
    }
    return new Images(pixels, frames, batch, height, width, channels);
  }

  static int[] labels(Npz.Array array) {
    int[] labels = new int[array.values().length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) array.values()[i];
    }
    return labels;
  }

  static void assertRates(FiringCounts counts, OracleNames names, Map<String, Npz.Array> oracle) {
    assertRates("eval/rate/", counts, names, oracle);
  }

  /** Compares spikes, or the sums of integers, with recorded means under a prefix. */
  static void assertRates(
      String prefix, FiringCounts counts, OracleNames names, Map<String, Npz.Array> oracle) {
    oracle.forEach(
        (key, rates) -> {
          if (key.startsWith(prefix)) {
            String layer = names.neurons(key.substring(prefix.length()));
            for (int t = 0; t < rates.values().length; t++) {
              double expected = rates.values()[t] * counts.neurons(layer, t);
              assertThat((double) counts.spikes(layer, t))
                  .as("%s at timestep %d", layer, t)
                  .isCloseTo(expected, within(0.5));
            }
          }
        });
  }

  static void assertTensors(
      SpikeformerModel model, OracleNames names, Map<String, Npz.Array> oracle) {
    oracle.forEach(
        (key, array) -> {
          if (key.startsWith("train/grad/")) {
            Entry entry = model.layout().entry(names.tensor(key.substring("train/grad/".length())));
            assertClose(
                key,
                model.gradient().slice(entry.offset(), entry.length()).toArray(),
                array.values());
          } else if (key.startsWith("train/stat/")) {
            Entry entry = model.layout().entry(names.tensor(key.substring("train/stat/".length())));
            assertClose(
                key, model.state().slice(entry.offset(), entry.length()).toArray(), array.values());
          }
        });
  }

  /**
   * A training step of recorded weights, but of neurons that fire integers up to 4, which were not
   * recorded: the fast kernels have the gradients and statistics of the plain ones.
   *
   * @param step takes the model, its weights loaded
   */
  static void assertGradientsOfIntegers(
      MetaSpikeFormerConfig recorded,
      Map<String, Npz.Array> oracle,
      Consumer<SpikeformerModel> step) {
    MetaSpikeFormerConfig config = recorded.toBuilder().neuron(NeuronConfig.integer(4)).build();
    Map<String, float[]> expected = new LinkedHashMap<>();
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
        load(model, new OracleNames(config), oracle);
        step.accept(model);
        for (Entry entry : model.layout().entries()) {
          Tensor all = entry.kind().trainable() ? model.gradient() : model.state();
          float[] found = all.slice(entry.offset(), entry.length()).toArray();
          float[] plain = expected.computeIfAbsent(entry.name(), name -> found);
          if (norm(plain) > 1e-5) {
            assertClose(entry.name(), found, plain);
          }
          if (entry.name().matches("head/.*weight")) {
            assertThat(norm(found)).as(entry.name()).isPositive();
          }
        }
      }
    }
  }

  private static double norm(float[] values) {
    double square = 0;
    for (float value : values) {
      square += (double) value * value;
    }
    return Math.sqrt(square);
  }

  /**
   * Relative error of a tensor; absolute where the gradient is zero by mathematics (what a batch
   * normalisation behind it removes), so that only rounding is recorded.
   */
  static void assertClose(String name, float[] found, float[] expected) {
    assertClose(name, found, expected, TOLERANCE);
  }

  /** As above, with another relative error. */
  static void assertClose(String name, float[] found, float[] expected, double tolerance) {
    assertThat(found).as(name).hasSameSizeAs(expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    if (name.matches("train/grad/.*((conv|fc\\d)\\.0\\.bias|bn2\\.(bias|weight))")
        && Math.sqrt(norm) < 1e-3) {
      assertThat(Math.sqrt(difference)).as(name).isLessThan(1e-4);
    } else {
      // 0 where it is 0: no region came from there
      assertThat(Math.sqrt(difference)).as(name).isLessThanOrEqualTo(tolerance * Math.sqrt(norm));
    }
  }
}
