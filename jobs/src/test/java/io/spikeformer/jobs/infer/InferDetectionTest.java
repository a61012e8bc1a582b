package io.spikeformer.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.TinyModels;
import io.spikeformer.jobs.quickstart.ObjectScenes;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferDetectionTest {
  private static final int SCENES = 5;
  private static final int SIZE = 64;
  private static final String RECIPE =
      """
      task: detection
      model:
        preset: tiny
        widths: [8, 8, 8, 8]
        depths: [1, 1]
        heads: 1
        classes: 3
        mask-rcnn: {neck-width: 8, hidden-width: 16, norm: bn, hidden-norm: bn}
      data: {evaluation: {crop: none, size: 64}}
      loss: {label-smoothing: 0.0}
      """;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  @BeforeAll
  static void write() throws IOException {
    new ObjectScenes(SIZE).write(shared.resolve("scenes"), "test", SCENES, 1);
    TinyModels.writeActive(
        shared.resolve("model.spkf"),
        RecipeReader.read(RECIPE, "test", List.of()),
        ObjectScenes.classes());
    TinyModels.write(shared.resolve("classes.spkf"), 3);
    CommandLineRun run =
        CommandLineRun.of(
            "prepare",
            "coco",
            "--input",
            images().toString(),
            "--annotations",
            annotations().toString(),
            "--output",
            shared.resolve("shards").toString(),
            "--split",
            "test",
            "--shards",
            "2");
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static Path images() {
    return shared.resolve("scenes/images/test");
  }

  private static Path annotations() {
    return shared.resolve("scenes/annotations/test.json");
  }

  private static CommandLineRun infer(String model, Path input, String... more) {
    Stream<String> arguments =
        Stream.of(
            "infer", "--model", shared.resolve(model).toString(), "--input", input.toString());
    return CommandLineRun.of(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
  }

  private static void refused(CommandLineRun run, String message) {
    assertThat(run.code()).as(run.out()).isNotZero();
    assertThat(run.err().lines().findFirst().orElse("")).startsWith("error: ").contains(message);
  }

  @Test
  void filesAndSplitsGiveTheSameResultsWhichCanBeScored() throws Exception {
    Path files = folder.resolve("files");
    CommandLineRun run =
        infer(
            "model.spkf",
            images(),
            "--output",
            files.toString(),
            "--overlay",
            "--least-score",
            "0.1");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("00001.png: ", files + ": 5 images of tiny at T = 1, 3 classes");
    for (int id = 1; id <= SCENES; id++) {
      byte[] picture = Files.readAllBytes(files.resolve("0000" + id + "-overlay.png"));
      assertThat(new ImageCodec().decode(picture).height()).isEqualTo(SIZE);
    }

    Path samples = folder.resolve("samples");
    CommandLineRun split =
        infer("model.spkf", shared.resolve("shards/test"), "--output", samples.toString());
    assertThat(split.code()).as(split.err()).isZero();
    List<String> results = results(files);
    assertThat(results).isNotEmpty();
    assertThat(results(samples)).isEqualTo(results);
    JsonNode first = new ObjectMapper().readTree(results.get(0));
    assertThat(first.get("image_id").asInt()).isBetween(1, SCENES);
    assertThat(first.get("category_id").asInt()).isBetween(1, 3);
    assertThat(first.at("/segmentation/size/0").asInt()).isEqualTo(SIZE);

    CommandLineRun scored =
        CommandLineRun.of(
            "score",
            "detection",
            "--results",
            files.resolve("detections.json").toString(),
            "--annotations",
            annotations().toString());
    assertThat(scored.code()).as(scored.err()).isZero();
    assertThat(scored.out()).contains("bbox: ", "segm: ", "triangle");
  }

  /** The results of a folder, those of one image after the other. */
  private static List<String> results(Path folder) throws IOException {
    List<String> results = new ArrayList<>();
    Path file = folder.resolve("detections.json");
    for (JsonNode result : new ObjectMapper().readTree(file.toFile())) {
      results.add(result.toString());
    }
    return results.stream().sorted().toList();
  }

  @Test
  void whatHasNoMeaningIsRefused() {
    refused(
        infer("model.spkf", images(), "--output", folder.resolve("x.json").toString()),
        "--output: expected a folder for detections");
    refused(
        infer("model.spkf", images(), "--palette", "none"),
        "--palette: expected a model of segmentation, found one of task detection");
    refused(
        infer("classes.spkf", images(), "--least-score", "0.5"),
        "--least-score: expected a model of detection, found one of task classification");
    refused(infer("model.spkf", images(), "--overlay"), "--overlay: expected it with --output");
  }

  @Test
  void aModelOfIntegersKeepsTheSameBoxesOnSpikes() throws Exception {
    TinyModels.writeActive(
        shared.resolve("integers.spkf"),
        RecipeReader.read(
            RECIPE, "test", List.of("model.neuron.levels=4", "model.widths=[16,8,8,8]")),
        ObjectScenes.classes());
    CommandLineRun run = infer("integers.spkf", images(), "--expand", "exact", "--json");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode expansion = new ObjectMapper().readTree(run.out()).get("expansion");
    assertThat(expansion.get("images").asInt()).isEqualTo(SCENES);
    assertThat(expansion.get("answers").asLong()).isPositive();
    assertThat(expansion.get("differingIntegers").asLong()).isZero();
    assertThat(expansion.get("differingAnswers").asLong()).isZero();
    assertThat(expansion.get("additions").get("head.mask_up").asLong()).isPositive();

    CommandLineRun evaluated =
        CommandLineRun.of(
            "evaluate",
            "--model",
            shared.resolve("integers.spkf").toString(),
            "--data",
            shared.resolve("shards/test").toString(),
            "--output",
            folder.resolve("evaluation").toString(),
            "--expand",
            "exact");
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    JsonNode same =
        new ObjectMapper()
            .readTree(folder.resolve("evaluation/evaluation.json").toFile())
            .get("expansion");
    for (String count : List.of("images", "answers", "integers", "additions")) {
      assertThat(same.get(count)).as(count).isEqualTo(expansion.get(count));
    }
    assertThat(same.get("differingIntegers").asLong()).isZero();
  }
}
