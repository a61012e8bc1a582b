package io.spikeformer.data.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputPlacesTest {
  private static final Storage STORAGE = new Storage(new Configuration());

  @TempDir private Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Path write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static OutputPlaces outputs() {
    return new OutputPlaces(STORAGE);
  }

  private void file(String location, Existing existing) {
    outputs().file("--output", location, PlaceContent.ARRAY, existing);
  }

  private void folder(String location, Existing existing) {
    outputs().folder("--output", location, PlaceContent.EVALUATION, existing);
  }

  private static void refuses(String message, ThrowingCallable check) {
    assertThatThrownBy(check)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("--output: ")
        .hasMessageContaining(message);
  }

  static List<Arguments> files() {
    return List.of(
        Arguments.of("x.spkf", "SPKFCKPT", PlaceContent.CHECKPOINT),
        Arguments.of("damaged.spkf", "", PlaceContent.CHECKPOINT),
        Arguments.of("renamed.bin", "SPKFCKPT\1\0\0\0", PlaceContent.CHECKPOINT),
        Arguments.of("part-00000.parquet", "PAR1\0", PlaceContent.PARQUET),
        Arguments.of("a", "\u0093NUMPY\1\0", PlaceContent.ARRAY),
        Arguments.of("a.png", "\u0089PNG\r\n\u001a\n\0", PlaceContent.PICTURE),
        Arguments.of("a.pth", "PK\3\4\0\0archive/data.pkl\0", PlaceContent.WEIGHTS),
        Arguments.of("a.safetensors", "\22\0\0\0\0\0\0\0{\"a\":{}}", PlaceContent.WEIGHTS),
        Arguments.of("a.zip", "PK\3\4\0\0images/cat.png", PlaceContent.OTHER_FILE),
        Arguments.of("a.html", "<!DOCTYPE html><title>", PlaceContent.PAGE),
        Arguments.of("a.json", "{\"a\": 1}", PlaceContent.JSON),
        Arguments.of("a.csv", "layer,t1\n", PlaceContent.TEXT),
        Arguments.of("a.txt", "gr\u00fc\u00df", PlaceContent.TEXT),
        Arguments.of("empty", "", PlaceContent.EMPTY_FILE));
  }

  @ParameterizedTest
  @MethodSource("files")
  void filesAreKnownByTheirContent(String name, String content, PlaceContent expected)
      throws IOException {
    write(name, content);
    assertThat(PlaceContent.of(STORAGE, Storage.path(path(name)))).isEqualTo(expected);
    assertThat(expected.isFolder()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "_manifest.json part-00000.parquet | SPLIT",
        "_unfinished.json | SPLIT",
        "train/_manifest.json readme | SPLITS",
        "checkpoints/epoch-00001-round-000002.spkf | TRAINING",
        "model.spkf evaluation.json | TRAINING",
        "_lock.json recipe.yaml | TRAINING",
        "evaluation.json notes.txt | EVALUATION",
        "energy.csv report.html | EVALUATION",
        "images/train/x.png shards/x | QUICKSTART",
        "recipe.yaml rounds.jsonl status.html events.out.tfevents | TRAINING",
        "label-maps.json a.png | LABEL_MAPS",
        "detections.json a-overlay.png | DETECTIONS",
        "recipe.yaml thesis.tex | OTHER_FOLDER",
        "images/cat.png | QUICKSTART",
        "train/cat/1.png | OTHER_FOLDER",
        ".unfinished-model.spkf-0f | EMPTY_FOLDER",
      })
  void foldersAreKnownByWhatLiesInThem(String names, PlaceContent expected) throws IOException {
    for (String name : names.split(" ")) {
      write(name, "");
    }
    assertThat(PlaceContent.of(STORAGE, Storage.path(folder.toString()))).isEqualTo(expected);
    assertThat(expected.isFolder()).isTrue();
  }

  @Test
  void aNewFileAndAnEmptyOrNewFolderAreFree() throws IOException {
    for (Existing existing : Existing.values()) {
      file(path("new"), existing);
      file(path("deep/er/new.npy"), existing);
      folder(path("new"), existing);
      folder(path("new/"), existing);
      folder(Files.createDirectories(folder.resolve("empty")).toString(), existing);
    }
    assertThat(folder.toFile().list()).containsExactly("empty");
    assertThat(folder.resolve("empty").toFile().list()).isEmpty();
  }

  @Test
  void aFileNeverTakesAFoldersPlaceNorAFolderAFiles() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    write("file", "x");
    for (Existing existing : Existing.values()) {
      refuses(
          Text.format(
              "expected a file, found an empty folder at file:%s/; name a file in it, such as",
              path("empty")),
          () -> file(path("empty"), existing));
      refuses(
          Text.format(
              "expected a folder or a new name, found a text file at file:%s; give another name",
              path("file")),
          () -> folder(path("file"), existing));
      for (String below : List.of("file/x", "file/x/y")) {
        refuses("found a file at file:" + path("file"), () -> file(path(below), existing));
        refuses("found a file at file:" + path("file"), () -> folder(path(below), existing));
      }
    }
  }

  @Test
  void whatIsOfTheSameKindIsReplacedOnlyIfAskedAndACheckpointNever() throws IOException {
    write("a.npy", "\u0093NUMPY");
    write("b.npy", "");
    refuses(
        Text.format(
            "expected a new name, found a NumPy array at file:%s; give --overwrite to replace it,"
                + " or",
            path("a.npy")),
        () -> file(path("a.npy"), Existing.KEEP));
    refuses("found an empty file", () -> file(path("b.npy"), Existing.KEEP));
    file(path("a.npy"), Existing.REPLACE);
    file(path("b.npy"), Existing.REPLACE);

    write("c.npy", "layer,t1");
    write("d.npy", "SPKFCKPT");
    for (Existing existing : Existing.values()) {
      refuses("found a text file at file:", () -> file(path("c.npy"), existing));
      refuses("found a checkpoint at file:", () -> file(path("d.npy"), existing));
      refuses(
          "found a checkpoint at file:",
          () -> outputs().file("--output", path("d.npy"), PlaceContent.CHECKPOINT, existing));
    }
    assertThat(folder.resolve("d.npy")).hasContent("SPKFCKPT");
  }

  @Test
  void aFolderOfTheSameKindIsReplacedOnlyIfAskedAnotherNever() throws IOException {
    write("e/evaluation.json", "{}");
    write("t/model.spkf", "");
    write("o/thesis.tex", "");
    refuses(
        Text.format(
            "expected a new or empty folder, found an evaluation at file:%s/; give --overwrite to",
            path("e")),
        () -> folder(path("e"), Existing.KEEP));
    folder(path("e"), Existing.REPLACE);
    folder(path("e"), Existing.CONTINUE);
    for (Existing existing : Existing.values()) {
      refuses("found a folder of a training or a model at", () -> folder(path("t"), existing));
      refuses("found a folder of other files at", () -> folder(path("o"), existing));
    }
  }

  @Test
  void anInputIsKnownUnderEveryName() throws IOException {
    Path input = write("in/x.npy", "\u0093NUMPY");
    Files.createSymbolicLink(folder.resolve("link.npy"), input);
    Files.createSymbolicLink(folder.resolve("linked"), folder.resolve("in"));
    for (String name :
        List.of("in/x.npy", "in/./x.npy", "in/../in//x.npy", "link.npy", "linked/x.npy")) {
      refuses(
          "expected another place than the input's, found file:",
          () ->
              outputs()
                  .reads("--input", input.toString())
                  .file("--output", path(name), PlaceContent.ARRAY, Existing.REPLACE));
      refuses(
          "which is --input " + path(name),
          () ->
              outputs()
                  .reads("--input", path(name))
                  .file("--output", input.toString(), PlaceContent.ARRAY, Existing.REPLACE));
    }
    refuses(
        Text.format("found file:%s/, which is --data ", path("in")),
        () ->
            outputs()
                .reads("--data", path("linked/"))
                .folder("--output", path("in"), PlaceContent.SPLIT, Existing.CONTINUE));
  }

  @Test
  void nothingIsWrittenIntoAnInputOfWholeFolders() throws IOException {
    write("raw/train/cat/1.png", "");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("raw"));
    for (String inside : List.of("raw/shards", "link/shards", "raw/train/cat/shards")) {
      refuses(
          "expected a place outside of the input, found file:",
          () ->
              outputs()
                  .readsAllOf("--input", path("raw"))
                  .folder("--output", path(inside), PlaceContent.SPLIT, Existing.CONTINUE));
    }
    outputs()
        .readsAllOf("--input", path("raw"))
        .folder("--output", path("raw-shards"), PlaceContent.SPLIT, Existing.CONTINUE);
    outputs()
        .reads("--model", path("raw"))
        .reads("--labels", null)
        .folder("--output", path("raw/evaluation"), PlaceContent.EVALUATION, Existing.KEEP);
  }

  @Test
  void twoOutputsNeedTwoPlaces() {
    OutputPlaces both = outputs();
    both.file("--csv", path("a"), PlaceContent.TEXT, Existing.KEEP);
    refuses(
        "expected another place than that of --csv, found file:",
        () -> both.file("--output", path("./a"), PlaceContent.ARRAY, Existing.KEEP));
  }

  @Test
  void aLinkIsWrittenThrough() throws IOException {
    Path target = write("target.npy", "\u0093NUMPY");
    Files.createSymbolicLink(folder.resolve("link.npy"), target);
    assertThat(
            outputs()
                .file("--output", path("link.npy"), PlaceContent.ARRAY, Existing.REPLACE)
                .getName())
        .isEqualTo("target.npy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/null", "/dev/stdout", "/proc/self/fd/1"})
  void aDeviceOrAPipeIsNoPlace(String device) {
    for (Existing existing : Existing.values()) {
      refuses("expected ", () -> file(device, existing));
    }
    assertThat(Path.of("/dev/null")).exists();
  }

  @Test
  void aPlaceThatCannotBeWrittenIsFoundAtOnce() {
    refuses(
        "expected a place that can be written, found another at file:/proc/spikeformer/x: cannot"
            + " write file:/proc",
        () -> file("/proc/spikeformer/x", Existing.KEEP));
    refuses("expected a place that can", () -> folder("/proc/spikeformer", Existing.KEEP));
  }
}
