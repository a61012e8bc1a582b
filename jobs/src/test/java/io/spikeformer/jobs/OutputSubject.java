package io.spikeformer.jobs;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A command.
 *
 * @param line its arguments; {@code IN} stands for its input and {@code OUT} for its output
 * @param input a whole one, relative to the folder of a test
 * @param empty an input of no content
 */
record OutputSubject(String line, String input, String empty) {
  /** Spark would fail to start with it: there are no classes of YARN. */
  static final String NO_SPARK = " --master yarn";

  private static final String PREPARE = "--split train --shards 2" + NO_SPARK;

  /** All commands with outputs or inputs. */
  static List<OutputSubject> subjects() {
    return List.of(
        new OutputSubject("prepare imagenet --input IN --output OUT " + PREPARE, "images", "empty"),
        new OutputSubject("prepare ade20k --input IN --output OUT " + PREPARE, "images", "empty"),
        new OutputSubject("prepare voc2012 --input IN --output OUT " + PREPARE, "images", "empty"),
        new OutputSubject(
            "prepare segmentation --input IN --output OUT " + PREPARE, "images", "empty"),
        new OutputSubject("prepare hardvs --input IN --output OUT " + PREPARE, "images", "empty"),
        new OutputSubject(
            "prepare coco --input @images --annotations IN --output OUT " + PREPARE,
            "recipe.yaml",
            "nothing"),
        new OutputSubject("verify --data IN" + NO_SPARK, "shards/train", "empty"),
        new OutputSubject("inspect --data IN --output OUT", "shards/train", "empty"),
        new OutputSubject(
            "teach --model @model.spkf --data IN --output OUT" + NO_SPARK, "shards/train", "empty"),
        new OutputSubject(
            "teach --model IN --data @shards/train --output OUT" + NO_SPARK,
            "model.spkf",
            "nothing"),
        new OutputSubject(
            "train --recipe @recipe.yaml --train IN --output OUT" + NO_SPARK,
            "shards/train",
            "empty"),
        new OutputSubject(
            "train --recipe @recipe.yaml --train IN --output OUT --dry-run",
            "shards/train",
            "empty"),
        new OutputSubject(
            "train --recipe @recipe.yaml --train @shards/train --validation IN --output OUT"
                + NO_SPARK,
            "shards/train",
            "empty"),
        new OutputSubject(
            "evaluate --model @model.spkf --data IN --output OUT --predictions" + NO_SPARK,
            "shards/train",
            "empty"),
        new OutputSubject(
            "evaluate --model IN --data @shards/train --output OUT --overwrite" + NO_SPARK,
            "model.spkf",
            "nothing"),
        new OutputSubject("report IN --output OUT", "evaluation", "empty"),
        new OutputSubject(
            "score detection --results IN --annotations @truth.json --output OUT" + NO_SPARK,
            "results.json",
            "nothing"),
        new OutputSubject(
            "score detection --results @results.json --annotations IN --output OUT --overwrite"
                + NO_SPARK,
            "truth.json",
            "nothing"),
        new OutputSubject(
            "score detection --results @results.json --data IN --output OUT" + NO_SPARK,
            "shards/train",
            "empty"),
        new OutputSubject(
            "infer --model @model.spkf --input IN --output OUT --format npy", "in.npy", "nothing"),
        new OutputSubject(
            "infer --model @model.spkf --input IN --output OUT --format csv",
            "images/train/ring",
            "empty"),
        new OutputSubject(
            "infer --model IN --input @in.npy --output OUT --format npy --overwrite",
            "model.spkf",
            "nothing"),
        new OutputSubject(
            "infer --model @labels.spkf --input IN --output OUT", "images/train/ring", "empty"),
        new OutputSubject(
            "infer --model @mask-rcnn.spkf --input IN --output OUT", "images/train/ring", "empty"),
        new OutputSubject(
            "infer --model @yolo.spkf --input IN --output OUT", "images/train/ring", "empty"),
        new OutputSubject("import-torch --input IN --output OUT", "weights.pth", "nothing"),
        new OutputSubject(
            "export --model IN --format safetensors --output OUT --overwrite",
            "model.spkf",
            "nothing"),
        new OutputSubject(
            "energy --preset tiny --timesteps 1 --rates IN --csv OUT --overwrite",
            "rates.csv",
            "nothing"),
        new OutputSubject("describe --model IN", "model.spkf", "nothing"),
        new OutputSubject("quickstart --output OUT" + NO_SPARK, "", ""),
        new OutputSubject("quickstart --task segmentation --output OUT" + NO_SPARK, "", ""),
        new OutputSubject("quickstart --task detection --output OUT" + NO_SPARK, "", ""));
  }

  boolean writesFolder() {
    return line.matches(
        "(prepare|quickstart|teach|train|evaluate|import-torch).*|infer --model"
            + " @(labels|mask-rcnn|yolo).*");
  }

  boolean hasInput() {
    return line.contains(" IN");
  }

  boolean hasOutput() {
    return line.contains(" OUT");
  }

  /** The run with an input and an output, relative to the folder unless absolute. */
  CommandLineRun run(Path folder, String in, String out) {
    String[] arguments =
        Arrays.stream(line.split(" "))
            .map(
                word ->
                    word.equals("IN")
                        ? folder.resolve(in).toString()
                        : word.equals("OUT") ? folder.resolve(out).toString() : word)
            .map(word -> word.startsWith("@") ? folder.resolve(word.substring(1)).toString() : word)
            .toArray(String[]::new);
    return CommandLineRun.of(arguments);
  }

  @Override
  public String toString() {
    return line;
  }
}
