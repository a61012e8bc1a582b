package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forms in which ImageNet is distributed, each written by the test. */
class ImageNetTest {
  /** By ILSVRC2012_ID: not in the order of their names. */
  private static final List<String> WORD_NET_IDS = List.of("n02119789", "n01440764", "n03445777");

  private static final List<Integer> TRUTH = List.of(3, 1, 2, 1);
  private static final Map<String, String> VALIDATION =
      Map.of(
          "n03445777/ILSVRC2012_val_00000001.JPEG", "v1",
          "n02119789/ILSVRC2012_val_00000002.JPEG", "v2",
          "n01440764/ILSVRC2012_val_00000003.JPEG", "v3",
          "n02119789/ILSVRC2012_val_00000004.JPEG", "v4");

  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @Test
  void readsTheTrainSetAsATarOfATarForEachClass() throws Exception {
    writeTrain("ILSVRC2012_img_train.tar");

    Dataset dataset = open("ILSVRC2012_img_train.tar", "train");
    SourceIndex index = dataset.index();

    assertThat(index.classes()).containsExactly("n01440764", "n02119789");
    assertThat(index.files()).isEqualTo(3);
    assertThat(index.bytes()).isEqualTo(3);
    assertThat(readAll(dataset))
        .isEqualTo(
            Map.of(
                "n01440764/n01440764_2.JPEG", "a",
                "n01440764/n01440764_10.JPEG", "b",
                "n02119789/n02119789_1.JPEG", "c"));
  }

  @Test
  void labelsTheValidationSetByTheDevelopmentKit() throws Exception {
    writeValidation("ILSVRC2012_img_val.tar");
    TestDevelopmentKit.write(folder.resolve("devkit.tar.gz"), WORD_NET_IDS, TRUTH);

    Dataset dataset = open("ILSVRC2012_img_val.tar", "val", "devkit.tar.gz");

    assertThat(dataset.index().classes()).containsExactly("n01440764", "n02119789", "n03445777");
    assertThat(readAll(dataset)).isEqualTo(VALIDATION);
  }

  @Test
  void theDevelopmentKitIsReadHoweverAnEditorSavedIt() throws Exception {
    writeValidation("val.tar");
    put("kit/data/ILSVRC2012_validation_ground_truth.txt", "\uFEFF3\r\n1 \r\n2\r\n1\r\n\r\n");
    Files.write(folder.resolve("kit/data/meta.mat"), TestDevelopmentKit.meta(WORD_NET_IDS));

    assertThat(readAll(open("val.tar", "val", "kit"))).isEqualTo(VALIDATION);

    put("kit/data/ILSVRC2012_validation_ground_truth.txt", "3\n\u00a0x\n");
    assertLabels("kit", "expected an ILSVRC2012_ID of one of 3 classes, found 'x' in data/");
  }

  @Test
  void labelsTheValidationSetByACsvFile() throws Exception {
    writeValidation("val.tar");
    put(
        "labels.csv",
        """
        ImageId,PredictionString
        ILSVRC2012_val_00000002,n02119789 1 2 3 4 n02119789 5 6 7 8
        ILSVRC2012_val_00000001,n03445777 1 2 3 4
        ILSVRC2012_val_00000003,n01440764

        """);

    Dataset dataset = open("val.tar", "val", "labels.csv");

    assertThat(dataset.index().rejected())
        .containsExactly(new Rejection("ILSVRC2012_val_00000004.JPEG", "no label in labels.csv"));
    assertThat(readAll(dataset)).hasSize(3);
    assertThat(VALIDATION).containsAllEntriesOf(readAll(dataset));
  }

  @Test
  void aClassOfSeveralWordsIsNotCut() throws Exception {
    writeValidation("val.tar");
    put(
        "labels.csv",
        """
        image,class,note
        ILSVRC2012_val_00000001.JPEG,polar bear
        ILSVRC2012_val_00000002.JPEG , polar fox ,"a, b"
        "ILSVRC2012_val_00000003.JPEG","bear, ""big\"""
        ILSVRC2012_val_00000004.JPEG,Boeing 747
        """);

    assertThat(readAll(open("val.tar", "val", "labels.csv")).keySet())
        .containsExactlyInAnyOrder(
            "polar bear/ILSVRC2012_val_00000001.JPEG",
            "polar fox/ILSVRC2012_val_00000002.JPEG",
            "bear, \"big\"/ILSVRC2012_val_00000003.JPEG",
            "Boeing 747/ILSVRC2012_val_00000004.JPEG");
  }

  @Test
  void readsWhatKaggleLaysOut() throws Exception {
    for (int i = 1; i <= 4; i++) {
      put(Text.format("k/ILSVRC/Data/CLS-LOC/val/ILSVRC2012_val_0000000%d.JPEG", i), "v" + i);
    }
    put("k/ILSVRC/Data/CLS-LOC/train/n01440764/n01440764_2.JPEG", "a");
    put(
        "k/LOC_val_solution.csv",
        "ImageId,PredictionString\n"
            + "ILSVRC2012_val_00000001,n03445777 1 1 2 2 \n"
            + "ILSVRC2012_val_00000002,n02119789 9 1 9 2 n02119789 0 0 3 5 \n"
            + "ILSVRC2012_val_00000003,n01440764\nILSVRC2012_val_00000004,n02119789 0 0 2 2\n");

    assertThat(readAll(open("k", "val"))).isEqualTo(VALIDATION);
    assertThat(open("k", "val").index().classes()).hasSize(3);
    assertThat(readAll(open("k", "train"))).isEqualTo(Map.of("n01440764/n01440764_2.JPEG", "a"));
  }

  @Test
  void aLargeTarIsSharedAmongTasksByBytes() throws Exception {
    byte[] noise = new byte[9 << 20];
    new Random(1).nextBytes(noise);
    try (TestArchive archive = new TestArchive(folder.resolve("large.tar"))) {
      for (int i = 0; i < 20; i++) {
        archive.file(Text.format("cat/%02d.jpg", i), noise);
      }
    }

    Dataset dataset = open("large.tar", "train");
    List<SourcePart> parts = dataset.index().parts();

    assertThat(parts).extracting(SourcePart::files).containsExactly(8, 8, 4);
    Set<Long> ordinals = new HashSet<>();
    try (SourceReader last = dataset.read(parts.get(2))) {
      while (last.hasNext()) {
        SourceEntry entry = last.next();
        assertThat(entry.read().content()).isEqualTo(noise);
        ordinals.add(entry.ordinal());
      }
    }
    assertThat(ordinals).hasSize(4);
  }

  @Test
  void refusesWhatLeadsOutOfTheArchiveOfAClass() throws Exception {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    try (TestArchive archive = new TestArchive(inner)) {
      archive.file("../../evil.JPEG", bytes("x")).link("link.JPEG", "/etc/passwd");
      archive.file("._n1.JPEG", bytes("x")).file("n1.JPEG", bytes("a"));
    }
    try (TestArchive archive = new TestArchive(folder.resolve("in.tar"))) {
      archive.file("n01440764.tar", inner.toByteArray());
    }

    Dataset dataset = open("in.tar", "train");

    assertThat(dataset.index().ignored()).isEqualTo(1);
    assertThat(dataset.index().rejected())
        .containsExactly(
            new Rejection("n01440764.tar/../../evil.JPEG", "a path that leads out of the archive"),
            new Rejection(
                "n01440764.tar/link.JPEG",
                "a link, which is not followed in an archive; pack the file itself"));
    assertThat(readAll(dataset)).isEqualTo(Map.of("n01440764/n1.JPEG", "a"));
  }

  @Test
  void everyTruncationIsFoundBeforeAnythingIsRead() throws Exception {
    writeTrain("whole.tar");
    byte[] whole = Files.readAllBytes(folder.resolve("whole.tar"));
    int endMarker = 1024;
    for (int length = whole.length - endMarker - 1; length > 0; length -= 97) {
      Files.write(folder.resolve("cut.tar"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> open("cut.tar", "train").index())
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(UserException.class)
          .hasMessageMatching("(damaged archive: expected a whole tar file, found in file:).*")
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void saysWhatIsWrongWithLabels() throws Exception {
    writeValidation("val.tar");
    TestDevelopmentKit.write(folder.resolve("wrong.tar.gz"), WORD_NET_IDS, List.of(1, 7));
    put("two.csv", "image,class\na.jpg,cat\na.png,dog\n");
    put("short.csv", "image,class\na.jpg\n");
    put("open.csv", "image,class\na.jpg,\"cat\n");
    put("behind.csv", "image,class\na.jpg,\"cat\"s\n");
    put("empty.csv", "image,class\na.jpg,\n");
    put("labels.txt", "x");
    put("kit/data/meta.mat", "MATLAB");
    put("kit/data/ILSVRC2012_validation_ground_truth.txt", "1\n");

    assertThatThrownBy(() -> open("val.tar", "val").index())
        .hasMessageContaining("or give the labels of images without class folders");
    assertLabels("wrong.tar.gz", "expected an ILSVRC2012_ID of one of 3 classes, found '7'");
    assertLabels("wrong.tar.gz", "line 2; get it again");
    assertLabels("two.csv", "expected one class for a.png, cat, found 'dog'");
    assertLabels("short.csv", "damaged labels: expected image,class, found 'a.jpg'");
    assertLabels("open.csv", "damaged CSV: expected quotes around a whole field");
    assertLabels("behind.csv", "line 2");
    assertLabels("empty.csv", "expected image,class, found 'a.jpg,'");
    assertLabels("labels.txt", "unknown labels: expected a .csv file or a development kit");
    assertLabels("kit", "found: a file of 6 bytes, too short");
    assertLabels("nothing.csv", "missing file");
  }

  private void assertLabels(String labels, String message) {
    assertThatThrownBy(() -> open("val.tar", "val", labels))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  private void writeTrain(String name) throws IOException {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    try (TestArchive archive = new TestArchive(first)) {
      archive.file("n01440764_2.JPEG", bytes("a")).file("n01440764_10.JPEG", bytes("b"));
    }
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    try (TestArchive archive = new TestArchive(second)) {
      archive.file("n02119789_1.JPEG", bytes("c"));
    }
    try (TestArchive archive = new TestArchive(folder.resolve(name))) {
      archive.file("n02119789.tar", second.toByteArray());
      archive.file("n01440764.tar", first.toByteArray());
    }
  }

  private void writeValidation(String name) throws IOException {
    try (TestArchive archive = new TestArchive(folder.resolve(name))) {
      for (int i = 1; i <= 4; i++) {
        archive.file(Text.format("ILSVRC2012_val_0000000%d.JPEG", i), bytes("v" + i));
      }
    }
  }

  private Dataset open(String input, String split) {
    return Datasets.open(
        storage, DatasetSpec.of(ImageNet.NAME, folder.resolve(input).toString(), split));
  }

  private Dataset open(String input, String split, String labels) {
    DatasetSpec spec = DatasetSpec.of(ImageNet.NAME, folder.resolve(input).toString(), split);
    return Datasets.open(storage, spec.with(ImageNet.LABELS, folder.resolve(labels).toString()));
  }

  private static Map<String, String> readAll(Dataset dataset) {
    Map<String, String> content = new TreeMap<>();
    for (SourcePart part : dataset.index().parts()) {
      try (SourceReader reader = dataset.read(part)) {
        while (reader.hasNext()) {
          SourceEntry entry = reader.next();
          content.put(entry.key(), new String(entry.read().content(), StandardCharsets.UTF_8));
        }
      }
    }
    return content;
  }

  private void put(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
