package io.spikeformer.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.TinyModels;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole images of different sizes, seen one by one. */
class InferSizesTest {
  private static final int CLASSES = 2;
  private static final Recipe RECIPE =
      RecipeReader.read(
          """
          model: {preset: tiny, widths: [8, 8, 8, 8], depths: [1, 1], heads: 1, classes: 2}
          data: {evaluation: {crop: fit, fit: [16, 40]}}
          """,
          "test",
          List.of());

  /** Heights and widths, equal ones beside each other among them. */
  private static final int[][] SIZES = {{20, 20}, {33, 17}, {33, 17}, {58, 58}, {1, 1}, {9, 200}};

  @TempDir private Path folder;

  @Test
  void inputsOfEveryFormAreSeenWholeAndTheirBatchesChangeNothing() throws IOException {
    writeImages();
    Map<String, float[]> together = infer("images/test", "4");
    assertThat(together).hasSize(SIZES.length);
    for (Map.Entry<String, float[]> one : together.entrySet()) {
      Map<String, float[]> alone = infer("images/test/" + one.getKey(), "4");
      assertThat(alone.values().iterator().next()).containsExactly(one.getValue(), within(1e-6f));
    }
    run(
        "prepare",
        "imagenet",
        "--input",
        path("images"),
        "--output",
        path("shards"),
        "--split",
        "test");
    Map<String, float[]> shards = infer("shards/test", "3");
    assertThat(shards.keySet()).isEqualTo(together.keySet());
    together.forEach(
        (key, logits) -> assertThat(shards.get(key)).containsExactly(logits, within(1e-6f)));
    String output = path("evaluation");
    run(
        "evaluate",
        "--model",
        path("model.spkf"),
        "--data",
        path("shards/test"),
        "--output",
        output,
        "--master",
        "local[2]");
    JsonNode evaluation = new ObjectMapper().readTree(Path.of(output, "evaluation.json").toFile());
    assertThat(evaluation.get("samples").asInt()).isEqualTo(SIZES.length);
  }

  private void writeImages() throws IOException {
    TinyModels.writeActive(Path.of(path("model.spkf")), RECIPE, List.of());
    SeededRandom random = new SeededRandom(4);
    for (int i = 0; i < SIZES.length; i++) {
      byte[] pixels = new byte[SIZES[i][0] * SIZES[i][1] * 3];
      for (int at = 0; at < pixels.length; at++) {
        pixels[at] = (byte) random.nextInt(256);
      }
      RgbImage image = new RgbImage(SIZES[i][0], SIZES[i][1], pixels);
      Path file = Path.of(path(Text.format("images/test/class%d/%d.png", i % CLASSES, i)));
      Files.createDirectories(file.getParent());
      Files.write(file, new ImageCodec().encode(image, ImageEncoding.PNG));
    }
  }

  private Map<String, float[]> infer(String input, String batch) throws IOException {
    String output = path("out.json");
    run(
        "infer",
        "--model",
        path("model.spkf"),
        "--input",
        path(input),
        "--output",
        output,
        "--overwrite",
        "--logits",
        "--batch",
        batch);
    Map<String, float[]> found = new TreeMap<>();
    for (JsonNode image : new ObjectMapper().readTree(Path.of(output).toFile()).get("images")) {
      float[] logits = new float[CLASSES];
      for (int i = 0; i < CLASSES; i++) {
        logits[i] = image.get("logits").get(i).floatValue();
      }
      found.put(image.get("key").asText(), logits);
    }
    return found;
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static void run(String... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
  }
}
