package io.spikeformer.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.data.preview.ClassColours;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.NpyFiles;
import io.spikeformer.jobs.SegmentationModels;
import io.spikeformer.jobs.TinyModels;
import io.spikeformer.jobs.quickstart.ShapeScenes;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferSegmentationTest {
  private static final int SCENES = 5;
  private static final int SIZE = 52;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  @BeforeAll
  static void write() throws IOException {
    new ShapeScenes(SIZE).write(shared.resolve("images"), "test", SCENES, 1);
    SegmentationModels.write(shared.resolve("model.spkf"), SegmentationModels.recipe());
    SegmentationModels.write(
        shared.resolve("windows.spkf"),
        SegmentationModels.recipe("data.evaluation.window=16", "data.evaluation.stride=12"));
    CommandLineRun run =
        CommandLineRun.of(
            "prepare",
            "segmentation",
            "--input",
            place("images"),
            "--output",
            place("shards"),
            "--split",
            "test",
            "--shards",
            "2");
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static String place(String name) {
    return shared.resolve(name).toString();
  }

  private static CommandLineRun infer(String model, Path input, String... more) {
    Stream<String> arguments =
        Stream.of("infer", "--model", place(model), "--input", input.toString());
    return CommandLineRun.of(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
  }

  private static CommandLineRun done(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  private static void refused(CommandLineRun run, String message) {
    assertThat(run.code()).as(run.out()).isNotZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().findFirst().orElse("")).startsWith("error: ").contains(message);
  }

  private static LabelMap map(Path file) throws Exception {
    return LabelMap.decode(Files.readAllBytes(file));
  }

  private Path images() {
    return shared.resolve("images/images/test");
  }

  @Test
  void filesAndSplitsGiveTheSameMapsAtTheImagesSize() throws Exception {
    for (String model : new String[] {"model.spkf", "windows.spkf"}) {
      Path files = folder.resolve(model + "-files");
      Path samples = folder.resolve(model + "-samples");
      CommandLineRun run = done(infer(model, images(), "--output", files.toString()));
      assertThat(run.out())
          .contains("00000.png: ")
          .contains(files + ": 5 images of tiny at T = 1, 4 classes");
      done(
          infer(
              model,
              shared.resolve("shards/test"),
              "--output",
              samples.toString(),
              "--palette",
              "none",
              "--batch",
              "2"));
      boolean[] seen = new boolean[4];
      for (int i = 0; i < SCENES; i++) {
        LabelMap map = map(files.resolve("0000" + i + ".png"));
        assertThat(map.height()).isEqualTo(SIZE);
        assertThat(map.width()).isEqualTo(SIZE);
        assertThat(map.labels()).isEqualTo(map(samples.resolve("0000" + i + ".png")).labels());
        for (byte label : map.labels()) {
          seen[label] = true;
        }
      }
      assertThat(seen[0] ? 1 : 0)
          .as("classes that are found")
          .isLessThan((int) Stream.of(0, 1, 2, 3).filter(c -> seen[c]).count());
      assertThat(files.resolve("label-maps.json"))
          .content()
          .contains("background", Text.format("#%06x", ClassColours.ofPixels(3)));
    }
    assertThat(map(folder.resolve("model.spkf-files/00000.png")).labels())
        .isNotEqualTo(map(folder.resolve("windows.spkf-files/00000.png")).labels());
  }

  @Test
  void palettesHaveTheColoursOfTheClassesAndOverlaysMixThem() throws Exception {
    Path input = folder.resolve("in/deep");
    Files.createDirectories(input);
    Files.copy(images().resolve("00001.png"), input.resolve("a:b%.png"));
    Path out = folder.resolve("out");
    done(infer("model.spkf", folder.resolve("in"), "--output", out.toString(), "--overlay"));
    Path file = out.resolve("deep/a%3Ab%25.png");
    LabelMap map = map(file);
    BufferedImage shown = ImageIO.read(file.toFile());
    assertThat(shown.getColorModel()).isInstanceOf(IndexColorModel.class);
    RgbImage image = new ImageCodec().decode(Files.readAllBytes(input.resolve("a:b%.png")));
    BufferedImage overlay = ImageIO.read(out.resolve("deep/a%3Ab%25-overlay.png").toFile());
    for (int y = 0; y < SIZE; y += 7) {
      for (int x = 0; x < SIZE; x++) {
        int colour = ClassColours.ofPixels(map.label(y, x));
        assertThat(shown.getRGB(x, y) & 0xffffff).isEqualTo(colour);
        long red = Math.round(0.5 * (colour >> 16) + 0.5 * image.value(y, x, 0));
        assertThat(overlay.getRGB(x, y) >> 16 & 0xff).isEqualTo((int) red);
      }
    }
  }

  @Test
  void arraysHaveMapsOfTheirOwnSize() throws Exception {
    float[] values = new float[2 * 24 * 36 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 0.7) * 2;
    }
    Path array = folder.resolve("x.npy");
    NpyFiles.write(array, new NpyArray(new int[] {2, 24, 36, 3}, values));
    Path out = folder.resolve("out");
    JsonNode found =
        new ObjectMapper()
            .readTree(done(infer("model.spkf", array, "--output", out.toString(), "--json")).out());
    assertThat(map(out.resolve("1.png")).height()).isEqualTo(24);
    assertThat(map(out.resolve("1.png")).width()).isEqualTo(36);
    JsonNode image = found.at("/images/1");
    assertThat(image.get("key").asText()).isEqualTo("1");
    assertThat(image.get("file").asText()).isEqualTo("1.png");
    long pixels = 0;
    for (JsonNode one : image.get("classes")) {
      pixels += one.get("pixels").asLong();
      assertThat(one.get("name").asText()).isIn(ShapeScenes.classes());
    }
    assertThat(pixels).isEqualTo(24 * 36);
    refused(
        infer("model.spkf", array, "--output", folder.resolve("o").toString(), "--overlay"),
        "--overlay: expected images, found numbers alone in " + array + "; leave it out");
  }

  @Test
  void linesAloneAndRejectedImages() throws IOException {
    Path input = folder.resolve("in");
    Files.createDirectories(input);
    Files.copy(images().resolve("00001.png"), input.resolve("one.png"));
    Files.copy(images().resolve("00002.png"), input.resolve("one.jpg"));
    Files.writeString(input.resolve("text.png"), "text");
    CommandLineRun lines = done(infer("model.spkf", input));
    assertThat(lines.out())
        .containsPattern("one\\.png: [a-z]+ \\d+\\.\\d+ %")
        .contains("2 images of tiny", "1 rejected", "rejected text.png: ");
    Path out = folder.resolve("out");
    CommandLineRun written = done(infer("model.spkf", input, "--output", out.toString()));
    assertThat(written.out())
        .contains("1 image of tiny", "2 rejected", "its files would be those of one.jpg");
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("label-maps.json", "one.png");
    }
  }

  @Test
  void outputsAndOptionsThatDoNotFitAreRefused() throws IOException {
    Path out = folder.resolve("out");
    done(infer("model.spkf", images(), "--output", out.toString()));
    refused(
        infer("model.spkf", images(), "--output", out.toString()),
        "--output: expected a new or empty folder, found a folder of label maps at");
    done(infer("model.spkf", images(), "--output", out.toString(), "--overwrite"));
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("notes.txt"), "mine");
    refused(
        infer("model.spkf", images(), "--output", other.toString(), "--overwrite"),
        "--output: expected a new or empty folder, found a folder of other files at");
    refused(
        infer("model.spkf", images(), "--output", folder.resolve("x.csv").toString()),
        "--output: expected a folder for label maps");
    for (String option : new String[] {"--top=3", "--logits", "--format=npy"}) {
      refused(
          infer("model.spkf", images(), option),
          option.replaceFirst("=.*", "")
              + ": expected a model of classification, found one of task segmentation; leave it out");
    }
    refused(
        infer("model.spkf", images(), "--overlay"),
        "--overlay: expected it with --output, found it without");
    TinyModels.write(shared.resolve("classes.spkf"), 3);
    refused(
        infer("classes.spkf", images(), "--overlay"),
        "--overlay: expected a model of segmentation or detection, found one of task"
            + " classification; leave it out");
    refused(
        infer("classes.spkf", images(), "--palette=none"),
        "--palette: expected a model of segmentation, found one of task classification; leave it"
            + " out");
    refused(
        infer("model.spkf", images(), "--palette=gold"),
        "palette: expected classes or none, found 'gold'");
    refused(
        infer(
            "model.spkf",
            images(),
            "--set=data.evaluation.crop=centre",
            "--set=data.evaluation.size=16",
            "--set=data.evaluation.resize=18"),
        "expected the whole image for a label map, found a part of its 52 x 52 pixels; set"
            + " data.evaluation.crop=fit");
    refused(
        infer("model.spkf", images(), "--set=data.evaluation.crop=none"),
        "give --set data.evaluation.crop=fit --set data.evaluation.fit=[");
    assertThat(Arrays.asList(out.toFile().list())).contains("00004.png");
  }

  @Test
  void aModelOfIntegersGivesTheSamePixelsOnSpikes() throws IOException {
    SegmentationModels.write(
        shared.resolve("integers.spkf"),
        SegmentationModels.recipe("model.neuron.levels=4", "model.widths=[16,8,8,8]"));
    CommandLineRun run = done(infer("integers.spkf", images(), "--expand", "exact", "--json"));
    JsonNode expansion = new ObjectMapper().readTree(run.out()).get("expansion");
    assertThat(expansion.get("images").asInt()).isEqualTo(SCENES);
    assertThat(expansion.get("answers").asInt()).isGreaterThan(SCENES * 20 * 20);
    assertThat(expansion.get("integers").asLong()).isPositive();
    assertThat(expansion.get("differingIntegers").asLong()).isZero();
    assertThat(expansion.get("differingAnswers").asLong()).isZero();
    assertThat(expansion.get("additions").get("head.classifier").asLong()).isPositive();
  }
}
