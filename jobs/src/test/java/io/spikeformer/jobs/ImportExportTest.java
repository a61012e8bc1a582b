package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportExportTest {
  private static final String RECIPE =
      """
      model: {preset: tiny, classes: 6, widths: [16, 16, 16, 16], depths: [1, 1], head: distilled}
      data: {evaluation: {crop: none, size: 16}}
      """;

  @TempDir(factory = UnusualFolder.class)
  private Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Path model() throws IOException {
    Path file = folder.resolve("model.spkf");
    TinyModels.write(
        file, RecipeReader.read(RECIPE, "test", List.of()), List.of("a", "b", "c", "d", "e", "f"));
    return file;
  }

  private static JsonNode json(String... arguments) throws IOException {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  @ParameterizedTest
  @CsvSource({"safetensors, m.safetensors", "torch-names, m.pth"})
  void whatIsExportedIsImportedAsTheSameFile(String format, String name) throws IOException {
    Path model = model();
    JsonNode exported =
        json(
            "export",
            "--model",
            model.toString(),
            "--format",
            format,
            "--output",
            path(name),
            "--json");
    assertThat(exported.get("format").asText()).isEqualTo(format);
    JsonNode imported =
        json("import-torch", "--input", path(name), "--output", path("again.spkf"), "--json");
    assertThat(folder.resolve("again.spkf")).hasSameBinaryContentAs(model);
    assertThat(imported.get("tensors")).isEqualTo(exported.get("tensors"));
    assertThat(imported.get("head").asText()).isEqualTo("distilled");
    assertThat(imported.get("classNames")).hasSize(6);

    // told what it is instead, and into a folder
    Path recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    json(
        "import-torch",
        "--input",
        path(name),
        "--recipe",
        recipe.toString(),
        "--timesteps",
        "2",
        "--output",
        path("run"),
        "--json");
    NpyFiles.write(folder.resolve("in.npy"), new NpyArray(new int[] {2, 16, 16, 3}, noise()));
    JsonNode inferred =
        json(
            "infer",
            "--model",
            path("run"),
            "--input",
            path("in.npy"),
            "--output",
            path("out.npy"),
            "--json");
    assertThat(inferred.get("timesteps").asInt()).isEqualTo(2);
    assertThat(NpyFiles.read(folder.resolve("out.npy")).shape()).containsExactly(2, 6);
  }

  @Test
  void classesHaveTheNamesOfAList() throws IOException {
    model();
    CommandLineRun.of(
        "export", "--model", path("model.spkf"), "--format", "safetensors", "--output", path("m"));
    Path list = folder.resolve("names.txt");
    Files.writeString(list, "cat\r\ndog\r\nfrog\r\nhorse\r\nship\r\ntruck\r\n\r\n");
    JsonNode named =
        json(
            "import-torch",
            "--input",
            path("m"),
            "--classes-of",
            list.toString(),
            "--output",
            path("named.spkf"),
            "--json");
    assertThat(named.get("classNames"))
        .extracting(JsonNode::asText)
        .containsExactly("cat", "dog", "frog", "horse", "ship", "truck");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a,b,c         | expected 6 names as the model has classes, found 3; give the list of these weights, or their number of classes with --classes
          a,b,c,d,a,f   | expected a name of its own in every line, found a of line 1 again in line 5
          a,b,,d,e,f    | expected a name of its own in every line, found none in line 3
          nothing       | expected shards, or a text file with a name a line, found nothing
          """)
  void aListThatDoesNotFitIsRefused(String lines, String message) throws IOException {
    model();
    CommandLineRun.of(
        "export", "--model", path("model.spkf"), "--format", "safetensors", "--output", path("m"));
    if (!lines.equals("nothing")) {
      Files.writeString(folder.resolve("names.txt"), lines.replace(',', '\n'));
    }
    assertRefused(
        CommandLineRun.of(
            "import-torch",
            "--input",
            path("m"),
            "--classes-of",
            path("names.txt"),
            "--output",
            path("x.spkf")),
        "--classes-of " + path("names.txt") + ": " + message);
    assertThat(folder.resolve("x.spkf")).doesNotExist();
  }

  private static float[] noise() {
    Random random = new Random(1);
    float[] values = new float[2 * 16 * 16 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void assertRefused(CommandLineRun run, String part) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: ").contains(part).hasLineCount(1);
  }

  @Test
  void aRefusedFileLeavesNothingBehind() throws IOException {
    byte[] pickle =
        "cos\nsystem\nX\13\0\0\0touch pwned\u0085R.".getBytes(StandardCharsets.ISO_8859_1);
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("bad.pth")))) {
      CRC32 crc = new CRC32();
      crc.update(pickle);
      ZipEntry entry = new ZipEntry("archive/data.pkl");
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(pickle.length);
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(pickle);
    }
    assertRefused(
        CommandLineRun.of(
            "import-torch", "--input", path("bad.pth"), "--preset", "15M", "--output", path("run")),
        "found os.system, which is not on the list of what may be read; nothing was executed");
    assertThat(folder.resolve("run")).doesNotExist();

    model();
    CommandLineRun.of(
        "export",
        "--model",
        path("model.spkf"),
        "--format",
        "torch-names",
        "--output",
        path("m.pth"));
    assertRefused(
        CommandLineRun.of(
            "import-torch",
            "--input",
            path("m.pth"),
            "--preset",
            "15M",
            "--output",
            path("x.spkf")),
        "of another shape (downsample1_1.encode_conv.weight");
    assertThat(folder.resolve("x.spkf")).doesNotExist();
  }

  /** What the error says, followed word by word, gives the checkpoint that was expected. */
  @ParameterizedTest
  @CsvSource({"safetensors, m.safetensors, ''", "torch-names, m.pth, ''", "torch-names, m.pth, /"})
  void weightsInPlaceOfACheckpointAreAnsweredWithTheirImport(
      String format, String name, String folderOnly) throws IOException {
    Path model = model();
    String[] export = {"export", "--format", format, "--output", path("other/" + name)};
    Files.createDirectories(folder.resolve("other"));
    json(with(export, "--model", model.toString(), "--json"));
    String given = path(folderOnly.isEmpty() ? "other/" + name : "other");
    export[4] = path("again/" + name);
    CommandLineRun run = CommandLineRun.of(with(export, "--model", given));
    assertRefused(run, "expected a file that begins with SPKFCKPT, found a ");
    Matcher command =
        Pattern.compile("jobs/spikeformer (import-torch .*), where NAME is its").matcher(run.err());
    assertThat(command.find()).isTrue();
    List<String> words = new ArrayList<>(shellWords(command.group(1)));
    int preset = words.indexOf("--preset");
    words.set(preset, "--recipe");
    words.set(preset + 1, Files.writeString(folder.resolve("recipe.yaml"), RECIPE).toString());
    json(with(words.toArray(String[]::new), "--json"));
    assertThat(json(with(export, "--model", path("other/m.spkf"), "--json")).get("format").asText())
        .isEqualTo(format);
  }

  /** The words of a command, of which some stand in single quotes. */
  private static List<String> shellWords(String command) {
    return Pattern.compile("'([^']*)'|(\\S+)")
        .matcher(command)
        .results()
        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
        .toList();
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void aFileThatDoesNotSayWhatItIsNeedsAnArchitecture() throws IOException {
    Path file = model();
    CommandLineRun.of(
        "export", "--model", file.toString(), "--format", "safetensors", "--output", path("m"));
    byte[] bytes = Files.readAllBytes(folder.resolve("m"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Files.write(
        folder.resolve("foreign"),
        text.replaceFirst("\"spikeformer\"", "\"someoneelse\"")
            .getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(
        CommandLineRun.of("import-torch", "--input", path("foreign"), "--output", path("x")),
        "choose --preset or --recipe");
    CommandLineRun both =
        CommandLineRun.of(
            "import-torch",
            "--input",
            path("m"),
            "--preset",
            "15M",
            "--recipe",
            "r",
            "--output",
            "x");
    assertThat(both.code()).isEqualTo(2);
    CommandLineRun format =
        CommandLineRun.of("export", "--model", "m", "--format", "onnx", "--output", "x");
    assertThat(format.code()).isEqualTo(2);
    assertThat(format.err()).contains("format: expected safetensors or torch-names, found 'onnx'");
  }

  @Test
  void describeCountsTheSecondLayer() throws IOException {
    JsonNode described =
        json("describe", "--preset", "55M", "--head", "distilled", "--batch", "1", "--json");
    assertThat(described.get("parameters").asLong()).isEqualTo(55_991_248);
    CommandLineRun wrong = CommandLineRun.of("describe", "--preset", "55M", "--head", "two");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("head: expected plain or distilled, found 'two'");
  }
}
