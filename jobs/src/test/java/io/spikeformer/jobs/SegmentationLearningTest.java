package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.jobs.quickstart.ShapeScenes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small Semantic FPN learns a few images by heart, from the raw files to the mean IoU. */
@Tag("slow")
class SegmentationLearningTest {
  private static final Path ADE =
      Path.of(System.getProperty("spikeformer.root"), "../shared/data/ADEChallengeData2016");

  private static final String RECIPE =
      """
      task: segmentation
      model:
        preset: tiny
        timesteps: 1
        classes: CLASSES
        widths: [32, 64, 128, 192]
        depths: [1, 1]
        stem-window: 7
        stem-stride: 2
        semantic-fpn: {neck-width: 64, head-width: 96, fuse: mean, norm: bn}
      data:
        batch-size: BATCH
        drop-last: false
        training:
          crop: fit
          resize: [192, 256]
          padding-multiple: 32
          horizontal-flip: 0
          interpolation: bilinear
          rand-augment: none
          random-erasing: 0
          padding-colour: mean
        evaluation: {crop: fit, fit: [192, 256]}
      optimizer: {name: adamw, weight-decay: 0.0, head-rate: 4}
      schedule:
        {decay: polynomial, epochs: EPOCHS, warm-up-epochs: 15, base-rate: 8.0e-3, scaling: none, min-rate: 0}
      loss: {label-smoothing: 0}
      averaging: {workers: 1, frequency: 1}
      """;

  @TempDir private Path folder;

  @Test
  void threeImagesOfAde20k() throws IOException {
    assumeTrue(Files.isDirectory(ADE), "the images of ADE20K are not here");
    for (String kind : List.of("images", "annotations")) {
      Path all = Files.createDirectories(folder.resolve("raw").resolve(kind).resolve("training"));
      for (String split : List.of("training", "validation")) {
        copyFiles(ADE.resolve(kind).resolve(split), all);
      }
    }
    String classes = "objectInfo150.txt";
    Files.copy(ADE.resolve(classes), folder.resolve("raw").resolve(classes));
    assertThat(meanIou("ade20k", 150, 3, 440)).isGreaterThan(0.8);
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** Scenes in the layout of VOC2012: some of its classes, with outlines that are ignored. */
  @Test
  void scenesLikeThoseOfVoc2012() throws Exception {
    new ShapeScenes(192).write(folder.resolve("scenes"), "train", 4, 5);
    Path raw = folder.resolve("raw");
    Path images = Files.createDirectories(raw.resolve("JPEGImages"));
    Path labels = Files.createDirectories(raw.resolve("SegmentationClass"));
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      String name = Text.format("%05d", i);
      names.append(name).append('\n');
      BufferedImage image =
          ImageIO.read(folder.resolve("scenes/images/train/" + name + ".png").toFile());
      ImageIO.write(image, "jpg", images.resolve(name + ".jpg").toFile());
      Path drawn = folder.resolve("scenes/annotations/train/" + name + ".png");
      Files.write(
          labels.resolve(name + ".png"),
          outlined(LabelMap.decode(Files.readAllBytes(drawn))).encode());
    }
    Path lists = Files.createDirectories(raw.resolve("ImageSets/Segmentation"));
    Files.writeString(lists.resolve("train.txt"), names);
    assertThat(meanIou("voc2012", 21, 4, 280)).isGreaterThan(0.8);
  }

  /** Every fifth class in place of one after the other, and no class along their borders. */
  private static LabelMap outlined(LabelMap map) {
    byte[] labels = new byte[map.labels().length];
    for (int row = 0; row < map.height(); row++) {
      for (int column = 0; column < map.width(); column++) {
        int label = map.label(row, column);
        boolean border =
            column > 0 && map.label(row, column - 1) != label
                || row > 0 && map.label(row - 1, column) != label;
        labels[row * map.width() + column] = (byte) (border ? LabelMap.IGNORED : 5 * label);
      }
    }
    return new LabelMap(map.height(), map.width(), labels);
  }

  /** Prepares, trains and evaluates on the same images. */
  private double meanIou(String dataset, int classes, int images, int epochs) throws IOException {
    String raw = folder.resolve("raw").toString();
    String shards = folder.resolve("shards").toString();
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            RECIPE
                .replace("CLASSES", "" + classes)
                .replace("BATCH", "" + images)
                .replace("EPOCHS", "" + epochs));
    run(
        "prepare",
        dataset,
        "--input",
        raw,
        "--output",
        shards,
        "--split",
        "train",
        "--shards",
        "1");
    String split = shards + "/train";
    String model = folder.resolve("model").toString();
    run("train", "--recipe", recipe.toString(), "--train", split, "--output", model);
    JsonNode result =
        run(
            "evaluate",
            "--model",
            model,
            "--data",
            split,
            "--output",
            folder.resolve("evaluation").toString());
    return result.get("meanIou").asDouble();
  }

  private static JsonNode run(String... words) throws IOException {
    String[] command = Stream.concat(Stream.of(words), Stream.of("--json")).toArray(String[]::new);
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.code()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }
}
