package io.spikeformer.jobs.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.NpyFiles;
import io.spikeformer.jobs.TinyModels;
import io.spikeformer.jobs.quickstart.ShapeImages;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever form the images come in, infer says what evaluate says of them. */
class InferCommandTest {
  private static final int SIZE = 20;
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

  /** The logits of evaluate, by key in the order of the keys. */
  private static final Map<String, float[]> EXPECTED = new TreeMap<>();

  @TempDir private Path folder;

  @BeforeAll
  static void evaluate() throws IOException {
    String images = shared.resolve("images").toString();
    String shards = shared.resolve("shards").toString();
    String model = shared.resolve("model.spkf").toString();
    new ShapeImages(SIZE).write(Path.of(images), "test", 2, 1);
    TinyModels.writeActive(Path.of(model), RECIPE, List.of());
    run("prepare", "imagenet", "--input", images, "--output", shards, "--split", "test");
    String output = shared.resolve("evaluation").toString();
    run(
        "evaluate",
        "--model",
        model,
        "--data",
        shards + "/test",
        "--output",
        output,
        "--predictions",
        "--master",
        "local[2]");
    try (Stream<Path> parts = Files.list(Path.of(output, "predictions"))) {
      for (Path part : parts.filter(file -> file.toString().endsWith(".parquet")).toList()) {
        readPredictions(part);
      }
    }
    assertThat(EXPECTED).hasSize(2 * CLASSES);
    assertThat(EXPECTED.values().stream().map(Arrays::toString).distinct()).hasSizeGreaterThan(6);
  }

  private static void readPredictions(Path part) throws IOException {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(part.toUri());
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file).build()) {
      for (Group row = reader.read(); row != null; row = reader.read()) {
        float[] logits = new float[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
          logits[i] = row.getGroup("logits", 0).getGroup("list", i).getFloat("element", 0);
        }
        EXPECTED.put(row.getString("key", 0), logits);
      }
    }
  }

  private static CommandLineRun run(String... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  private static CommandLineRun infer(Path input, String... more) {
    String model = shared.resolve("model.spkf").toString();
    Stream<String> arguments = Stream.of("infer", "--model", model, "--input", input.toString());
    return CommandLineRun.of(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
  }

  private static String refused(CommandLineRun run) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").hasLineCount(1);
    return run.err();
  }

  /** The images of the folder as they are decoded, in the order of the keys: [B, H, W, 3]. */
  private static List<RgbImage> images() throws Exception {
    ImageCodec codec = new ImageCodec();
    List<RgbImage> images = new ArrayList<>();
    for (String key : EXPECTED.keySet()) {
      images.add(codec.decode(Files.readAllBytes(shared.resolve("images/test").resolve(key))));
    }
    return images;
  }

  private static byte[] levels() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(EXPECTED.size() * SIZE * SIZE * 3);
    images().forEach(image -> bytes.put(image.pixels()));
    return bytes.array();
  }

  /** What evaluation makes of the images: [B, 16, 16, 3]. */
  private static float[] normalised() throws Exception {
    int one = 16 * 16 * 3;
    float[] values = new float[EXPECTED.size() * one];
    int offset = 0;
    for (RgbImage image : images()) {
      ((TransformConfig) RECIPE.evaluationInput()).transform().apply(image, "", 0, values, offset);
      offset += one;
    }
    return values;
  }

  private static float[] channelsFirst(float[] values, int size) {
    float[] planes = new float[values.length];
    int area = size * size;
    for (int i = 0; i < values.length; i++) {
      int channel = i % 3;
      int pixel = i / 3 % area;
      int image = i / 3 / area;
      planes[(image * 3 + channel) * area + pixel] = values[i];
    }
    return planes;
  }

  private static float[] floats(byte[] levels) {
    float[] values = new float[levels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = levels[i] & 0xff;
    }
    return values;
  }

  private static byte[] bytes(float[] values, String descr) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * (descr.charAt(2) - '0'));
    bytes.order(descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (descr.substring(1)) {
        case "f4" -> bytes.putFloat(value);
        case "f8" -> bytes.putDouble(value);
        case "u1" -> bytes.put((byte) (int) value);
        case "i2" -> bytes.putShort((short) value);
        case "i8" -> bytes.putLong((long) value);
        default -> throw new IllegalArgumentException(descr);
      }
    }
    return bytes.array();
  }

  private Path array(String descr, String shape, float[] values) throws IOException {
    return NpyFiles.write(folder.resolve("x.npy"), descr, shape, bytes(values, descr));
  }

  private void givesWhatEvaluateGives(Path input, String... more) {
    Path output = folder.resolve("logits.npy");
    CommandLineRun run =
        infer(
            input,
            Stream.concat(Stream.of(more), Stream.of("--output", output.toString(), "--overwrite"))
                .toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith(output + ": 12 images of tiny at T = 4, 6 classes");
    NpyArray logits = NpyFiles.read(output);
    assertThat(logits.shape()).containsExactly(EXPECTED.size(), CLASSES);
    int row = 0;
    for (float[] expected : EXPECTED.values()) {
      int from = row++ * CLASSES;
      assertThat(Arrays.copyOfRange(logits.values(), from, from + CLASSES))
          .containsExactly(expected, within(1e-6f));
    }
  }

  @ParameterizedTest
  @CsvSource({"images/test, 5", "images/test, 16", "shards/test, 5"})
  void imageFilesAndShardsGiveWhatEvaluateGives(String input, String batch) throws IOException {
    Path output = folder.resolve("out.json");
    run(
        "infer",
        "--model",
        shared.resolve("model.spkf").toString(),
        "--input",
        shared.resolve(input).toString(),
        "--output",
        output.toString(),
        "--logits",
        "--batch",
        batch);
    Map<String, float[]> found = new TreeMap<>();
    for (JsonNode image : new ObjectMapper().readTree(output.toFile()).get("images")) {
      float[] logits = new float[CLASSES];
      int best = 0;
      for (int i = 0; i < CLASSES; i++) {
        logits[i] = image.get("logits").get(i).floatValue();
        best = logits[i] > logits[best] ? i : best;
      }
      assertThat(image.get("class").asInt()).isEqualTo(best);
      found.put(image.get("key").asText(), logits);
    }
    assertThat(found.keySet()).isEqualTo(EXPECTED.keySet());
    EXPECTED.forEach(
        (key, logits) -> assertThat(found.get(key)).containsExactly(logits, within(1e-6f)));
  }

  @ParameterizedTest
  @CsvSource({"|u1, nhwc", "|u1, nchw", "<i8, nhwc", ">i2, nhwc"})
  void levelsArePreparedAsTheRecipeSays(String descr, String layout) throws Exception {
    float[] levels = floats(levels());
    boolean first = layout.equals("nchw");
    Path file =
        array(
            descr,
            first ? "12, 3, 20, 20" : "12, 20, 20, 3",
            first ? channelsFirst(levels, SIZE) : levels);
    givesWhatEvaluateGives(file, "--layout", layout);
  }

  @ParameterizedTest
  @CsvSource({"<f4", ">f4", "<f8"})
  void floatsAreTakenAsNormalised(String descr) throws Exception {
    givesWhatEvaluateGives(array(descr, "12, 16, 16, 3", normalised()));
    givesWhatEvaluateGives(array(descr, "12, 16, 16, 3", normalised()), "--normalised");
  }

  /** The advice of an error, followed word by word, gives the right result. */
  @Test
  void theAdviceOfEveryErrorGivesTheRightResult() throws Exception {
    byte[] levels = levels();
    Path file = array("<f4", "12, 20, 20, 3", floats(levels));
    String stem = folder.resolve("x").toString();
    assertThat(refused(infer(file)))
        .contains("expected normalised values, found float32 from ", " which look like levels: ")
        .contains(
            Text.format(
                "numpy.save('%s-uint8.npy', numpy.rint(numpy.load('%s.npy')).astype('uint8'))",
                stem, stem));
    givesWhatEvaluateGives(
        NpyFiles.write(folder.resolve("x-uint8.npy"), "|u1", "12, 20, 20, 3", levels));

    float[] unit = floats(levels);
    for (int i = 0; i < unit.length; i++) {
      unit[i] /= 255;
    }
    assertThat(refused(infer(array("<f4", "12, 20, 20, 3", unit))))
        .contains("which look like levels divided by 255: ")
        .contains(Text.format("numpy.rint(numpy.load('%s.npy') * 255).astype('uint8')", stem));

    Path planes = array("<f4", "12, 3, 16, 16", channelsFirst(normalised(), 16));
    assertThat(refused(infer(planes)))
        .contains(
            "expected [B, H, W, 3], [H, W, 3] or [T, B, H, W, 3] with sizes >= 1, found shape [12,"
                + " 3, 16, 16]: its channels are before the rows, as PyTorch has them: give"
                + Text.format(
                    " --layout nchw, or numpy.save('%s-nhwc.npy',"
                        + " numpy.load('%s.npy').transpose(0,",
                    stem, stem)
                + " 2, 3, 1))");
    givesWhatEvaluateGives(planes, "--layout", "nchw");
    Path last = array("<f4", "12, 16, 16, 3", normalised());
    assertThat(refused(infer(last, "--layout", "nchw")))
        .contains("its channels are last: give --layout nhwc");
    givesWhatEvaluateGives(last, "--layout", "nhwc");
  }

  static List<Arguments> unusableArrays() {
    float[] nan = new float[2 * 16 * 16 * 3];
    nan[((16 + 2) * 16 + 3) * 3 + 1] = Float.NaN;
    nan[nan.length - 1] = Float.NEGATIVE_INFINITY;
    float[] deep = new float[768];
    deep[5] = 65535;
    float[] negative = new float[768];
    negative[767] = -1;
    return List.of(
        Arguments.of(
            "<f4",
            "2, 16, 16, 3",
            nan,
            "expected finite values, found NaN at [1, 2, 3, 1] and 2 of NaN or infinity in all"),
        Arguments.of(
            "<i8",
            "1, 16, 16, 3",
            deep,
            "expected levels 0 to 255, found int64 with 65535 at [0, 0, 1, 2]: 16-bit levels"),
        Arguments.of("<i8", "16, 16, 3", negative, "found int64 with -1 at [15, 15, 2]: save"),
        Arguments.of("|u1", "3, 16, 16", new float[768], "give --layout nchw, or numpy.save("),
        Arguments.of("|u1", "16, 48", new float[768], "found shape [16, 48]: save one array of"),
        Arguments.of("|u1", "0, 16, 16, 3", new float[0], "found shape [0, 16, 16, 3]: save one"),
        Arguments.of("|u1", "3, 16, 16, 1", new float[768], ".npy').repeat(3, axis=-1))"),
        Arguments.of("|u1", "3, 8, 8, 4", new float[768], "images with alpha: numpy.save("),
        Arguments.of("|u1", "12, 8, 8", new float[768], "[..., None].repeat(3, axis=-1))"),
        Arguments.of("|u1", "2, 2, 8, 8, 3", new float[768], "found frames: give one of them"),
        Arguments.of("<f4", "3, 16, 16, 7", new float[5376], "save images of 3 channels"));
  }

  @ParameterizedTest(name = "{0} {1} {3}")
  @MethodSource("unusableArrays")
  void unusableArraysAreOneLine(String descr, String shape, float[] values, String expected)
      throws IOException {
    Path file = array(descr, shape, values);
    assertThat(refused(infer(file, "--output", folder.resolve("y.npy").toString())))
        .startsWith("error: " + file + ": expected ")
        .contains(expected);
    assertThat(folder.resolve("y.npy")).doesNotExist();
  }

  @Test
  void aModelOfIntegersRunsOnSpikesWithTheSameIntegers() throws IOException {
    Path model = folder.resolve("integers.spkf");
    TinyModels.writeIntegers(model, CLASSES, SIZE, List.of());
    Path images = shared.resolve("images/test");
    CommandLineRun run =
        run(
            "infer",
            "--model",
            model.toString(),
            "--input",
            images.toString(),
            "--expand",
            "exact",
            "--json");
    JsonNode expansion = new ObjectMapper().readTree(run.out()).get("expansion");
    assertThat(expansion.get("images").asInt()).isEqualTo(EXPECTED.size());
    assertThat(expansion.get("integers").asLong()).isPositive();
    assertThat(expansion.get("differingIntegers").asLong()).isZero();
    assertThat(refused(infer(images, "--expand", "exact")))
        .contains("expand: expected a model that fires integers, found tiny");
  }
}
