package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.jobs.quickstart.ShapeImages;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command with outputs and inputs that it must refuse: one line, the right exit code, nothing
 * changed, and before Spark is started.
 */
class OutputsSweepTest {
  private static final String UNWRITABLE = "/proc/spikeformer/out";

  @TempDir private static Path folder;

  private static String place(String name) {
    return folder.resolve(name).toString();
  }

  static List<OutputSubject> withOutput() {
    return OutputSubject.subjects().stream().filter(OutputSubject::hasOutput).toList();
  }

  static List<OutputSubject> withInput() {
    return OutputSubject.subjects().stream().filter(OutputSubject::hasInput).toList();
  }

  @BeforeAll
  static void make() throws IOException {
    new ShapeImages(16).write(folder.resolve("images"), "train", 2, 1);
    succeeds(
        CommandLineRun.of(
            "prepare",
            "imagenet",
            "--input",
            place("images"),
            "--output",
            place("shards"),
            "--split",
            "train",
            "--shards",
            "2"));
    TinyModels.write(folder.resolve("model.spkf"), ShapeImages.Shape.values().length);
    SegmentationModels.write(folder.resolve("labels.spkf"), SegmentationModels.recipe());
    writeDetector("mask-rcnn.spkf", "mask-rcnn: {neck-width: 8, hidden-width: 16}");
    writeDetector("yolo.spkf", "yolo: {widths: [8, 8, 8]}");
    Files.writeString(
        folder.resolve("recipe.yaml"),
        """
        model: {preset: tiny, classes: 6, widths: [8, 8, 8, 8], depths: [1, 1], heads: 1}
        data: {evaluation: {crop: none, size: 16}}
        """);
    NpyFiles.write(
        folder.resolve("in.npy"), new NpyArray(new int[] {1, 16, 16, 3}, new float[768]));
    Files.writeString(folder.resolve("rates.csv"), "layer,t1\n");
    Files.writeString(folder.resolve("results.json"), "[]");
    Files.writeString(
        folder.resolve("truth.json"),
        """
        {"images": [{"id": 1, "file_name": "a.jpg", "height": 9, "width": 9}], "annotations": [],
         "categories": [{"id": 1, "name": "cat"}]}
        """);
    Files.createDirectories(folder.resolve("empty"));
    Files.createFile(folder.resolve("nothing"));
    Files.writeString(folder.resolve("text"), "mine");
    Files.createDirectories(folder.resolve("others"));
    Files.writeString(folder.resolve("others/thesis.tex"), "mine");
    Files.copy(folder.resolve("model.spkf"), folder.resolve("other.spkf"));
    succeeds(
        CommandLineRun.of(
            "export",
            "--model",
            place("model.spkf"),
            "--format",
            "torch-names",
            "--output",
            place("weights.pth")));
    succeeds(
        CommandLineRun.of(
            "evaluate",
            "--model",
            place("model.spkf"),
            "--data",
            place("shards/train"),
            "--output",
            place("evaluation")));
  }

  private static void writeDetector(String name, String head) throws IOException {
    String recipe =
        """
        task: detection
        model: {preset: tiny, classes: 6, widths: [8, 8, 8, 8], depths: [1, 1], heads: 1, %s}
        data: {evaluation: {crop: none, size: 16}}
        loss: {label-smoothing: 0.0}
        """
            .formatted(head);
    TinyModels.write(folder.resolve(name), RecipeReader.read(recipe, "test", List.of()));
  }

  @ParameterizedTest
  @MethodSource("withOutput")
  void anOutputOfAnotherKindIsRefused(OutputSubject subject) throws IOException {
    if (subject.writesFolder()) {
      refuses(subject, subject.input(), "text", "file at file:", "give another");
    } else {
      refuses(subject, subject.input(), "empty", "expected a file, found an empty folder at", "");
      refuses(subject, subject.input(), "others", "name a file in it, such as file:", "");
      refuses(subject, subject.input(), "images/train/disc/00000.jpg", "found a file of an", "");
    }
    refuses(subject, subject.input(), "other.spkf", "at file:", "give another");
    refuses(subject, subject.input(), "/dev/null", "at file:/dev/null", "give another");
  }

  @ParameterizedTest
  @MethodSource("withOutput")
  void aFolderOfSomethingElseIsRefused(OutputSubject subject) throws IOException {
    if (subject.line().startsWith("prepare")) {
      Files.createDirectories(folder.resolve("others/train"));
      Files.writeString(folder.resolve("others/train/thesis.tex"), "mine");
      refuses(subject, subject.input(), "others", "found a folder of other files at", "");
      refuses(subject, subject.input(), "shards/train", "found a prepared split at", "");
    } else {
      String advice = subject.writesFolder() ? "give another folder" : "name a file in it";
      refuses(subject, subject.input(), "others", "found a folder of other files at", advice);
      refuses(subject, subject.input(), "shards", "found a folder of prepared splits", advice);
    }
  }

  @ParameterizedTest
  @MethodSource("withOutput")
  void anOutputBelowAFileIsRefused(OutputSubject subject) throws IOException {
    for (String below : List.of("text/out", "text/a/b/out")) {
      refuses(subject, subject.input(), below, "found a file at file:" + place("text"), "another");
    }
  }

  @ParameterizedTest
  @MethodSource("withOutput")
  void aPlaceThatCannotBeWrittenIsRefused(OutputSubject subject) throws IOException {
    refuses(subject, subject.input(), UNWRITABLE, "expected a place that can be written", "");
  }

  @ParameterizedTest
  @MethodSource("withOutput")
  void theInputAsOutputIsRefused(OutputSubject subject) throws IOException {
    if (!subject.hasInput()) {
      return;
    }
    Path link = folder.resolve("link-to-input");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, folder.resolve(subject.input()));
    for (String name : List.of(subject.input(), "empty/../" + subject.input(), "link-to-input")) {
      refuses(subject, subject.input(), name, "--", "");
      refuses(subject, name, subject.input(), "--", "");
    }
    Files.delete(link);
  }

  @ParameterizedTest
  @MethodSource("withInput")
  void aMissingInputIsOneLine(OutputSubject subject) throws IOException {
    refuses(subject, "not-there", "new", place("not-there"), "");
  }

  @ParameterizedTest
  @MethodSource("withInput")
  void anEmptyInputIsOneLine(OutputSubject subject) throws IOException {
    refuses(subject, subject.empty(), "new", place(subject.empty()), "");
  }

  /** Follows the advice of a refusal, and that of the refusal after it. */
  @Test
  void whatIsOfTheSameKindIsReplacedWhenAsked() throws IOException {
    List<List<String>> commands =
        List.of(
            List.of("export", "--model", place("model.spkf"), "--format", "safetensors"),
            List.of(
                "infer",
                "--model",
                place("model.spkf"),
                "--input",
                place("in.npy"),
                "--format",
                "npy"),
            List.of("inspect", "--data", place("shards/train")),
            List.of("report", place("evaluation")));
    Files.createDirectories(folder.resolve("outputs"));
    for (List<String> command : commands) {
      String output = place("outputs/" + command.get(0));
      Files.createDirectories(Path.of(output));
      CommandLineRun taken = run(command, output);
      assertThat(taken.code()).isEqualTo(1);
      String file =
          taken.err().replaceFirst("(?s).*name a file in it, such as file:(\\S+).*", "$1");
      assertThat(file).isEqualTo(output + "/NAME");
      succeeds(run(command, file));
      byte[] first = Files.readAllBytes(Path.of(file));
      CommandLineRun again = run(command, file);
      assertThat(again.code()).isEqualTo(1);
      assertThat(again.err())
          .contains("expected a new name, found ", "give --overwrite to replace");
      succeeds(run(command, file, "--overwrite"));
      assertThat(Path.of(file)).hasBinaryContent(first);
      Files.writeString(Path.of(file), "mine");
      CommandLineRun other = run(command, file, "--overwrite");
      assertThat(other.code()).isEqualTo(1);
      assertThat(other.err()).contains("found a text file at").doesNotContain("--overwrite");
      assertThat(Path.of(file)).hasContent("mine");
    }
  }

  @Test
  void aTrainingNeverReplacesAModelNorItsOwnRecipeNorAnothersFiles() throws IOException {
    Path models = Files.createDirectories(folder.resolve("imported"));
    Files.copy(folder.resolve("model.spkf"), models.resolve("model.spkf"));
    Path own = Files.createDirectories(folder.resolve("own"));
    Files.copy(folder.resolve("recipe.yaml"), own.resolve("recipe.yaml"));
    Path other = Files.createDirectories(folder.resolve("other-trainer/checkpoints"));
    Files.writeString(other.resolve("last.ckpt"), "mine");
    Files.writeString(folder.resolve("other-trainer/metrics.jsonl"), "mine");
    for (String start :
        List.of(OutputSubject.NO_SPARK, OutputSubject.NO_SPARK + " --resume", " --dry-run")) {
      String line = "train --recipe @own/recipe.yaml --train IN --output OUT" + start;
      OutputSubject train = new OutputSubject(line, "shards/train", "");
      refuses(train, "shards/train", "imported", "expected a folder without a model, found", "");
      refuses(train, "shards/train", "own", "--output: expected ", "another");
      refuses(train, "shards/train", "other-trainer", "found other files in", "another folder");
    }
  }

  @Test
  void anImportNeverReplacesACheckpointNorAFolderOfOne() throws IOException {
    OutputSubject importing =
        new OutputSubject("import-torch --input IN --output OUT", "weights.pth", "");
    Files.createDirectories(folder.resolve("imports/new.spkf"));
    Files.copy(folder.resolve("model.spkf"), folder.resolve("imports/new.spkf/x.spkf"));
    for (String output : List.of("other.spkf", "imports/new.spkf/x.spkf")) {
      refuses(
          importing,
          importing.input(),
          output,
          "found a checkpoint at file:" + place(output),
          "give another name");
    }
    refuses(importing, importing.input(), "imports/new.spkf", "expected a file, found", "name a");
  }

  /** They would be images of the next run, or what checks the split would find them in it. */
  @Test
  void predictionsDoNotLieAmongTheirInputs() throws IOException {
    OutputSubject infer =
        new OutputSubject("infer --model @model.spkf --input IN --output OUT --format csv", "", "");
    for (String input : List.of("images/train/ring", "images", "shards/train")) {
      refuses(
          infer,
          input,
          input + "/predictions.csv",
          "expected a place outside of the input, found file:" + place(input),
          "give another place");
    }
  }

  private static CommandLineRun run(List<String> command, String output, String... more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("--output", output));
    all.addAll(List.of(more));
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  private static void refuses(
      OutputSubject subject, String in, String out, String what, String advice) throws IOException {
    Map<String, String> before = files();
    CommandLineRun run = subject.run(folder, in, out);
    assertThat(run.code()).as(run.err()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("error: ")
        .contains(what, advice)
        .hasLineCount(1)
        .doesNotContain("java.", "yarn");
    assertThat(files()).isEqualTo(before);
  }

  /** All files and folders, with their content. */
  private static Map<String, String> files() throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path path : found.toList()) {
        content.put(
            folder.relativize(path).toString(),
            Files.isRegularFile(path)
                ? Base64.getEncoder().encodeToString(Files.readAllBytes(path))
                : "");
      }
    }
    return content;
  }

  private static void succeeds(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
  }
}
