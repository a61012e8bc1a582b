package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.jobs.quickstart.ShapeImages;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What infer says of files, and how it writes that. */
class InferFilesTest {
  private static final int CLASSES = ShapeImages.Shape.values().length;
  private static final Recipe RECIPE =
      RecipeReader.read(
          """
          model: {preset: tiny, widths: [8, 8, 8, 8], depths: [1, 1], heads: 1, timesteps: 4}
          data: {evaluation: {crop: centre, size: 16, resize: 18}}
          """,
          "test",
          List.of("model.classes=" + CLASSES));

  @TempDir private static Path shared;
  @TempDir private Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    new ShapeImages(20).write(shared.resolve("images"), "test", 2, 1);
    TinyModels.writeActive(shared.resolve("model.spkf"), RECIPE, List.of());
  }

  private static CommandLineRun infer(Path input, String... more) {
    return inferWith("model.spkf", input, more);
  }

  private static CommandLineRun inferWith(String model, Path input, String... more) {
    Stream<String> arguments =
        Stream.of(
            "infer", "--model", shared.resolve(model).toString(), "--input", input.toString());
    return CommandLineRun.of(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
  }

  private static String refused(CommandLineRun run) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").hasLineCount(1);
    return run.err();
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    assertThat(run.code()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  static List<Arguments> otherInputs() {
    return List.of(
        Arguments.of("x.parquet", "PAR1....", "found a Parquet file: give the folder of the split"),
        Arguments.of("x.npz", "PK\3\4....", "found a zip or .npz file: unpack images, or save"),
        Arguments.of("x.aedat4", "#!AER-DAT4.0", "found a recording of events: make a split of it"),
        Arguments.of("x.txt", "hello", "found another kind of file: convert images to PNG"),
        Arguments.of("x.jpg", "", "found an empty file"),
        Arguments.of("y.jpg", "\u00ff\u00d8\u00ff..", "expected a usable image, found none: "));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("otherInputs")
  void otherInputsAreNamedWithWhatToDo(String name, String content, String expected)
      throws IOException {
    Path file = Files.write(folder.resolve(name), content.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(refused(infer(file)))
        .startsWith("error: " + file + ": expected ")
        .contains(expected);
  }

  @Test
  void aFolderOfSplitsAndNothingAreNamed() throws IOException {
    Path split = Files.createDirectories(folder.resolve("shards/test"));
    Files.writeString(split.resolve("_manifest.json"), "{}");
    assertThat(refused(infer(folder.resolve("shards"))))
        .contains("found a folder of them: give " + split);
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThat(refused(infer(empty))).contains("expected image files in ", "found none");
    assertThat(refused(infer(folder.resolve("no")))).contains("there is no such file or folder");
  }

  @Test
  void everyFileOfAFolderIsAccountedFor() throws Exception {
    Path images = Files.createDirectories(folder.resolve("in/deep/er"));
    Path root = folder.resolve("in");
    byte[] whole = Files.readAllBytes(shared.resolve("images/test/ring/00000.jpg"));
    Files.write(images.resolve("a, b.jpg"), whole);
    Files.write(root.resolve("cut.jpg"), Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(root.resolve("notes.txt"), "hello");
    Files.writeString(root.resolve(".hidden"), "hello");
    Files.createSymbolicLink(root.resolve("link.png"), folder.resolve("nowhere"));
    Path output = folder.resolve("out.csv");
    CommandLineRun run = infer(root, "--output", output.toString(), "--top", "2");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            output + ": 1 image of tiny at T = 4, 6 classes; 3 rejected; 1 hidden files ignored",
            "rejected link.png: a link that leads nowhere",
            "rejected cut.jpg: " + reason(run.out(), "cut.jpg"),
            "rejected notes.txt: neither JPEG nor PNG");
    List<String> lines = Files.readAllLines(output);
    assertThat(lines.get(0)).isEqualTo("key,class,probability,class2,probability2,rejected");
    assertThat(lines.get(1)).startsWith("\"deep/er/a, b.jpg\",").endsWith(",");
    assertThat(lines.get(2)).isEqualTo("link.png,,,,,a link that leads nowhere");
    assertThat(lines.get(4)).isEqualTo("notes.txt,,,,,neither JPEG nor PNG");
    assertThat(lines).hasSize(5);
    Path objects = folder.resolve("out.jsonl");
    JsonNode printed = json(infer(root, "--output", objects.toString(), "--json"));
    assertThat(printed.get("rejected")).hasSize(3);
    assertThat(printed.get("ignored").asInt()).isEqualTo(1);
    assertThat(Files.readAllLines(objects)).hasSize(4);
    assertThat(Files.readAllLines(objects).get(3))
        .isEqualTo("{\"key\":\"notes.txt\",\"rejected\":\"neither JPEG nor PNG\"}");
  }

  private static String reason(String out, String file) {
    return out.lines()
        .filter(line -> line.contains(file))
        .findFirst()
        .orElseThrow()
        .replaceFirst(".*?: ", "");
  }

  @Test
  void classesHaveTheirNames() throws Exception {
    List<String> names = List.of("circle, round", "b", "c", "d", "e", "f");
    TinyModels.writeActive(shared.resolve("named.spkf"), RECIPE, names);
    Path image = shared.resolve("images/test/ring/00000.jpg");
    Path array = folder.resolve("logits.npy");
    assertThat(inferWith("named.spkf", image, "--output", array.toString()).code()).isZero();
    float[] logits = NpyFiles.read(array).values();
    int best = 0;
    for (int i = 0; i < CLASSES; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    CommandLineRun text = inferWith("named.spkf", image, "--top", "1");
    assertThat(text.out())
        .startsWith("00000.jpg: " + names.get(best) + " 0.")
        .contains("1 image of tiny at T = 4, 6 classes");
    JsonNode object = json(inferWith("named.spkf", image, "--json"));
    JsonNode first = object.get("images").get(0);
    assertThat(object.get("classes")).hasSize(6);
    assertThat(first.get("name").asText()).isEqualTo(names.get(best));
    assertThat(first.get("top")).hasSize(5);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - logits[best]);
    }
    assertThat(first.get("probability").asDouble()).isCloseTo(1 / sum, within(1e-6));
    Path csv = folder.resolve("out.dat");
    inferWith("named.spkf", image, "--output", csv.toString(), "--format", "csv", "--top", "6");
    assertThat(Files.readAllLines(csv).get(0))
        .startsWith("key,class,name,probability,class2,name2");
    assertThat(Files.readAllLines(csv).get(1)).contains("\"circle, round\"");
  }

  @Test
  void wrongUsageIsNamed() {
    Path image = shared.resolve("images/test/ring/00000.jpg");
    CommandLineRun ending = infer(image, "--output", folder.resolve("x.txt").toString());
    assertThat(ending.code()).isEqualTo(2);
    assertThat(ending.err()).contains("expected a name that ends in .csv, .json, .jsonl or .npy");
    assertThat(infer(image, "--format", "csv").code()).isEqualTo(2);
    assertThat(infer(image, "--format", "xml").err())
        .contains("format: expected one of npy, csv, json, jsonl, found 'xml'");
    assertThat(infer(image, "--layout", "hwc").err())
        .contains("layout: expected nhwc or nchw, found 'hwc'");
  }

  @Test
  void imagesOfAnotherSizeThanARecipeWithoutCropAreResizedIfAskedFor() throws IOException {
    TinyModels.write(shared.resolve("whole.spkf"), CLASSES);
    Path images = shared.resolve("images/test");
    assertThat(refused(inferWith("whole.spkf", images)))
        .contains(
            "20 x 20 pixels, expected 16 x 16; give --set data.evaluation.crop=centre --set"
                + " data.evaluation.resize=16 to resize");
    CommandLineRun run =
        inferWith(
            "whole.spkf",
            images,
            "--set",
            "data.evaluation.crop=centre",
            "--set",
            "data.evaluation.resize=16");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("12 images of tiny");
  }
}
