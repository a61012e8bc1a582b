package io.spikeformer.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.SegmentationModels;
import io.spikeformer.jobs.quickstart.ShapeScenes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreSegmentationCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SIZE = 44;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  @BeforeAll
  static void write() throws IOException {
    new ShapeScenes(SIZE).write(shared.resolve("images"), "test", 7, 2);
    SegmentationModels.write(shared.resolve("model.spkf"), SegmentationModels.recipe());
    run(
        "prepare",
        "segmentation",
        "--input",
        place("images"),
        "--output",
        place("shards"),
        "--split",
        "test",
        "--shards",
        "3");
    run(
        "infer",
        "--model",
        place("model.spkf"),
        "--input",
        place("shards/test"),
        "--output",
        place("maps"),
        "--overlay");
  }

  private static String place(String name) {
    return shared.resolve(name).toString();
  }

  private static CommandLineRun run(String... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  private static CommandLineRun score(Path predictions, String... more) {
    Stream<String> arguments =
        Stream.of(
            "score",
            "segmentation",
            "--predictions",
            predictions.toString(),
            "--data",
            place("shards/test"),
            "--master",
            "local[2]");
    return CommandLineRun.of(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void whatInferWritesScoresAsEvaluateDoes() throws IOException {
    run(
        "evaluate",
        "--model",
        place("model.spkf"),
        "--data",
        place("shards/test"),
        "--output",
        place("evaluation"),
        "--master",
        "local[2]");
    JsonNode evaluated = JSON.readTree(shared.resolve("evaluation/evaluation.json").toFile());
    Path file = folder.resolve("scores.json");
    CommandLineRun run = score(shared.resolve("maps"), "--json", "--output", file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode scored = JSON.readTree(run.out());
    assertThat(JSON.readTree(file.toFile())).isEqualTo(scored);
    for (String field :
        new String[] {
          "confusion",
          "classes",
          "meanIou",
          "meanAccuracy",
          "pixelAccuracy",
          "images",
          "ignoredPixels"
        }) {
      assertThat(scored.get(field)).as(field).isNotNull().isEqualTo(evaluated.get(field));
    }
    CommandLineRun text = score(shared.resolve("maps"));
    assertThat(text.out())
        .containsPattern("mIoU \\d+\\.\\d\\d %, mean accuracy .* on 7 images, 13,552 pixels")
        .containsPattern("class +pixels +IoU +accuracy")
        .contains("background", "triangle");
  }

  @Test
  void theTruthItselfIsPerfect() throws IOException {
    CommandLineRun run = score(shared.resolve("images/annotations/test"), "--json");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(JSON.readTree(run.out()).get("meanIou").asDouble()).isEqualTo(1);
  }

  private static Path copy(Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(shared.resolve("images/annotations/test"))) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  private static void refused(CommandLineRun run, String message) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").contains(message).hasLineCount(1);
  }

  @Test
  void faultsNameTheFirstFileInOneLine() throws IOException {
    Path maps = copy(folder.resolve("maps"));
    Files.writeString(maps.resolve("00005.png"), "no picture");
    refused(score(maps), "00005.png: ");
    Files.write(maps.resolve("00003.png"), new LabelMap(3, 4, new byte[12]).encode());
    refused(
        score(maps),
        "00003.png: expected 44 x 44 pixels, as the sample has, found 3 x 4; 1 more file is at"
            + " fault");
    byte[] labels = new byte[SIZE * SIZE];
    labels[SIZE + 2] = (byte) LabelMap.IGNORED;
    Files.write(maps.resolve("00002.png"), new LabelMap(SIZE, SIZE, labels).encode());
    refused(
        score(maps),
        "00002.png: row 1, column 2: expected an index of 0 to 3, found 255; 2 more files are at"
            + " fault");
    labels[SIZE + 2] = 4;
    Files.write(maps.resolve("00002.png"), new LabelMap(SIZE, SIZE, labels).encode());
    refused(score(maps), "expected an index of 0 to 3, found 4");
    Files.delete(maps.resolve("00001.png"));
    refused(
        score(maps),
        "00001.png: expected a label map of sample 00001, found no file; 3 more files are at fault");
  }

  @Test
  void otherNamesCodingsAndPlacesAreRefused() throws IOException {
    Path maps = copy(folder.resolve("maps"));
    Files.copy(maps.resolve("00001.png"), maps.resolve("foreign.png"));
    refused(
        score(maps),
        "foreign.png: expected files named by the keys of " + "file:" + place("shards/test"));
    refused(
        score(maps, "--coding", "ade20k"),
        "coding ade20k: expected a split of 150 classes, found 4 in ");
    refused(
        score(folder.resolve("nowhere")), "predictions: expected a folder of label maps at file:");
    CommandLineRun usage = score(maps, "--coding", "coco");
    assertThat(usage.code()).isEqualTo(2);
    assertThat(usage.err()).contains("coding: expected labels or ade20k, found 'coco'");
  }
}
