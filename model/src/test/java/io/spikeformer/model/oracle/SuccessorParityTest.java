package io.spikeformer.model.oracle;

import static io.spikeformer.model.oracle.OracleParityTest.assertClose;
import static io.spikeformer.model.oracle.OracleParityTest.assertInferenceFormAndStep;
import static io.spikeformer.model.oracle.OracleParityTest.images;
import static io.spikeformer.model.oracle.OracleParityTest.labels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.torch.WeightsImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * E-SpikeFormers against recordings of their PyTorch form, whose tensors come under the names of
 * the released checkpoints.
 */
class SuccessorParityTest {
  @TempDir private Path folder;

  @ParameterizedTest(name = "{1}, {0} kernels, recompute {2}")
  @CsvSource({
    "reference, t1, NONE",
    "reference, t2, NONE",
    "auto, t1, NONE",
    "auto, t2, NONE",
    "auto, t2, BLOCK"
  })
  void matchesTheRecording(String choice, String name, Recompute recompute) throws IOException {
    Map<String, Npz.Array> recorded;
    try (InputStream in = getClass().getResourceAsStream("/efficient/" + name + ".npz")) {
      recorded = Npz.read(in);
    }
    MetaSpikeFormerConfig config = config(recorded);
    Images images = images(recorded.get("input"));
    float[] logits = recorded.get("eval/logits").values();
    try (Kernels kernels = KernelProvider.create(choice, 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 1)) {
      model.recompute(recompute);
      model.state().put(imported(recorded, "state", config));
      FiringCounts counts = new FiringCounts(config.timesteps());
      model.collect(counts);
      assertClose("eval/logits", ClassLogits.mean(model.infer(images)), logits, 1e-4);
      assertMeans(counts, recorded.get("eval/means").values(), config);

      assertInferenceFormAndStep(model, images, logits, recorded, 1e-4);
      assertTensors(model, imported(recorded, "train/gradients", config));
    }
  }

  private static MetaSpikeFormerConfig config(Map<String, Npz.Array> recorded) {
    int levels = (int) recorded.get("levels").values()[0];
    MetaSpikeFormerConfig preset = MetaSpikeFormerConfig.preset("e-spikeformer-5m");
    return preset.toBuilder()
        .widths(8, 8, 8, 16)
        .depths(1, 1)
        .heads((int) recorded.get("heads").values()[0])
        .classes(10)
        .timesteps((int) recorded.get("timesteps").values()[0])
        .neuron(preset.neuron().withLevels(levels))
        .build();
  }

  /** Tensors under released names, as a vector in this project's order. */
  private float[] imported(Map<String, Npz.Array> recorded, String key, MetaSpikeFormerConfig model)
      throws IOException {
    float[] values = recorded.get(key).values();
    Path file = folder.resolve("weights.safetensors");
    Files.write(file, safetensors(text(recorded.get("names")), values));
    try (WeightsImport weights = WeightsImport.open(file)) {
      return weights.read(model).state();
    }
  }

  private static String text(Npz.Array bytes) {
    return Arrays.stream(labels(bytes)).mapToObj(Character::toString).collect(Collectors.joining());
  }

  /**
   * A safetensors file.
   *
   * @param names a line for each tensor: its name and, after a space, its shape
   */
  private static byte[] safetensors(String names, float[] values) {
    StringBuilder header = new StringBuilder("{");
    long offset = 0;
    for (String line : names.split("\n")) {
      String[] words = line.split(" ");
      long end =
          offset
              + Float.BYTES
                  * Arrays.stream(words[1].split(","))
                      .mapToLong(Long::parseLong)
                      .reduce(1, (a, b) -> a * b);
      header
          .append(offset == 0 ? "" : ",")
          .append("\"" + words[0] + "\":{\"dtype\":\"F32\",\"shape\":[" + words[1])
          .append("],\"data_offsets\":[" + offset + "," + end + "]}");
      offset = end;
    }
    byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + json.length + (int) offset)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json);
    file.asFloatBuffer().put(values);
    return file.array();
  }

  /** Mean integers of each timestep, layer by layer in the order of the data. */
  private static void assertMeans(
      FiringCounts counts, float[] means, MetaSpikeFormerConfig config) {
    List<String> layers = LayerCosts.neuronLayers(config);
    assertThat(means).hasSize(layers.size() * config.timesteps());
    for (int i = 0; i < means.length; i++) {
      String layer = layers.get(i / config.timesteps());
      int t = i % config.timesteps();
      assertThat((double) counts.spikes(layer, t))
          .as("%s at timestep %d", layer, t)
          .isCloseTo(means[i] * (double) counts.neurons(layer, t), within(0.5));
    }
  }

  /** Gradients, and statistics after the step. */
  private static void assertTensors(SpikeformerModel model, float[] expected) {
    for (Entry entry : model.layout().entries()) {
      int offset = (int) entry.offset();
      float[] found =
          (entry.kind() == Kind.STATISTIC ? model.state() : model.gradient())
              .slice(offset, entry.length())
              .toArray();
      float[] recorded = Arrays.copyOfRange(expected, offset, offset + found.length);
      // what the normalisation behind it removes is rounding alone
      String name = entry.kind() == Kind.BIAS ? "train/grad/conv.0.bias" : entry.name();
      assertClose(name, found, recorded);
    }
  }
}
