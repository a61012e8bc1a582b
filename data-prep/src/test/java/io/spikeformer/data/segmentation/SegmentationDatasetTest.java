package io.spikeformer.data.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageWriteParam;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentationDatasetTest {
  private static final Path ADE =
      Path.of(System.getProperty("spikeformer.root", "."), "../shared/data/ADEChallengeData2016");

  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @Test
  void readsTheLayoutOfAde20k() throws Exception {
    writeAde();
    SegmentationIndex index = Ade20k.index(files(folder), "train");

    assertThat(index.classes())
        .hasSize(150)
        .startsWith("thing 1, item 1")
        .endsWith("thing 150, item 150");
    assertThat(index.rejected()).isEmpty();
    assertThat(index.entries())
        .containsExactly(
            new SegmentationEntry(
                "ADE_train_1",
                "images/training/ADE_train_1.jpg",
                "annotations/training/ADE_train_1.png"),
            new SegmentationEntry(
                "ADE_train_2",
                "images/training/ADE_train_2.jpg",
                "annotations/training/ADE_train_2.png"));
    Sample sample = sample(index.entries().get(1), LabelCoding.ADE20K);
    LabelMap indices = LabelMapTest.drawn(6, 7, 151, 2);
    LabelMap stored = LabelMap.decode(((EncodedLabelMap) sample.truth()).png());
    for (int i = 0; i < 6 * 7; i++) {
      int expected = indices.labels()[i] == 0 ? 255 : (indices.labels()[i] & 0xff) - 1;
      assertThat(stored.labels()[i] & 0xff).isEqualTo(expected);
    }
  }

  @Test
  void filesWithoutAPartnerAreRejected() throws Exception {
    writeAde();
    Files.delete(folder.resolve("annotations/training/ADE_train_1.png"));
    Files.delete(folder.resolve("images/training/ADE_train_2.jpg"));
    SegmentationIndex index = Ade20k.index(files(folder), "training");

    assertThat(index.entries()).isEmpty();
    assertThat(index.rejected())
        .containsExactly(
            new Rejection(
                "images/training/ADE_train_1.jpg",
                "no label image annotations/training/ADE_train_1.png"),
            new Rejection(
                "annotations/training/ADE_train_2.png",
                "no image images/training/ADE_train_2.jpg"));
  }

  @Test
  void linksThatLeadNowhereAreRejectedOncePerSample() throws Exception {
    writeAde();
    for (String name : new String[] {"images/training/%s.jpg", "annotations/training/%s.png"}) {
      Files.delete(folder.resolve(String.format(Locale.ROOT, name, "ADE_train_1")));
      Files.createSymbolicLink(
          folder.resolve(String.format(Locale.ROOT, name, "ADE_train_1")), Path.of("gone"));
    }
    Files.createSymbolicLink(
        folder.resolve("annotations/training/ADE_train_3.png"), Path.of("gone"));
    SegmentationIndex index = Ade20k.index(files(folder), "training");

    assertThat(index.entries()).extracting(SegmentationEntry::key).containsExactly("ADE_train_2");
    assertThat(index.rejected())
        .containsExactly(
            new Rejection(
                "images/training/ADE_train_1.jpg",
                "annotations/training/ADE_train_1.png",
                "a link that leads nowhere"),
            new Rejection("annotations/training/ADE_train_3.png", "a link that leads nowhere"));
  }

  @Test
  void refusesAnotherLayoutOfAde20k() throws Exception {
    writeAde();
    assertThatThrownBy(() -> Ade20k.index(files(folder), "test"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("expected files in images/test, found none; give the folder");
    Path classes = folder.resolve("objectInfo150.txt");
    String text = Files.readString(classes);
    Files.writeString(classes, text.replace("\n7\t", "\n8\t"));
    assertThatThrownBy(() -> Ade20k.index(files(folder), "train"))
        .hasMessageContaining("objectInfo150.txt of ")
        .hasMessageContaining("line 8: expected class 7 and its name, separated by tabs, found '8");
    Files.writeString(classes, text.substring(0, text.indexOf("\n150\t") + 1));
    assertThatThrownBy(() -> Ade20k.index(files(folder), "train"))
        .hasMessageContaining("expected 150 classes, found 149");
    Files.delete(classes);
    assertThatThrownBy(() -> Ade20k.index(files(folder), "train"))
        .hasMessageContaining("expected the file objectInfo150.txt, found none");
  }

  @Test
  void readsTheLayoutOfVoc2012() throws Exception {
    writeVoc("2007_000032\n2007_000039 \r\n\n", "SegmentationClass");
    SegmentationIndex index = Voc2012.index(files(folder), "train", Voc2012.Labels.ORIGINAL);

    assertThat(index.classes()).hasSize(21).startsWith("background").endsWith("tvmonitor");
    assertThat(index.rejected()).isEmpty();
    assertThat(index.entries())
        .extracting(SegmentationEntry::key)
        .containsExactly("2007_000032", "2007_000039");
    Sample sample = sample(index.entries().get(0), LabelCoding.ofLabels(21));
    LabelMapTest.assertSame(LabelMap.decode(((EncodedLabelMap) sample.truth()).png()), vocLabels());
  }

  @Test
  void listsAreReadHoweverAnEditorSavedThem() throws Exception {
    writeVoc("\uFEFF2007_000032.jpg\r\n2007_000039\u00a0\r\n\r\n", "SegmentationClass");
    assertThat(Voc2012.index(files(folder), "train", Voc2012.Labels.ORIGINAL).entries())
        .extracting(SegmentationEntry::key)
        .containsExactly("2007_000032", "2007_000039");
    writeAde();
    Path classes = folder.resolve("objectInfo150.txt");
    List<String> names = Ade20k.index(files(folder), "train").classes();
    String text = "\uFEFF" + Files.readString(classes).replace("\n", "\r\n") + "\r\n";
    Files.writeString(classes, text, StandardCharsets.UTF_16LE);
    assertThat(Ade20k.index(files(folder), "train").classes()).isEqualTo(names).hasSize(150);
    Files.writeString(classes, text.replace("thing 7,", "thing\u200B 7,"));
    assertThatThrownBy(() -> Ade20k.index(files(folder), "train"))
        .hasMessageContaining("found U+200B (ZERO WIDTH SPACE) in objectInfo150.txt of ")
        .hasMessageEndingWith(" line 8, column 16; take it out");
  }

  @Test
  void readsTheAugmentedLabelsOfVoc2012() throws Exception {
    writeVoc("2007_000032\n2007_000039\n", "SegmentationClassAug");
    SegmentationIndex index = Voc2012.index(files(folder), "train", Voc2012.Labels.AUGMENTED);

    assertThat(index.entries().get(1).labels()).isEqualTo("SegmentationClassAug/2007_000039.png");
    assertThatThrownBy(() -> Voc2012.index(files(folder), "train", Voc2012.Labels.ORIGINAL))
        .hasMessageContaining("expected files in SegmentationClass, found none");
  }

  @Test
  void namesInAListThatLackFilesAreRejected() throws Exception {
    writeVoc("2007_000032\n2007_000099\n2007_000039\n", "SegmentationClass");
    Files.delete(folder.resolve("SegmentationClass/2007_000032.png"));
    SegmentationIndex index = Voc2012.index(files(folder), "train", Voc2012.Labels.ORIGINAL);

    assertThat(index.entries()).extracting(SegmentationEntry::key).containsExactly("2007_000039");
    assertThat(index.rejected())
        .containsExactly(
            new Rejection(
                "JPEGImages/2007_000032.jpg", "no label image SegmentationClass/2007_000032.png"),
            new Rejection(
                "JPEGImages/2007_000099.jpg",
                "named in ImageSets/Segmentation/train.txt, but no such image"));
  }

  @Test
  void refusesDamagedLists() throws Exception {
    assertList("a\n../../b\n", "line 2: expected the name of an image, found '../../b'");
    assertList("a\nb\na\n", "line 3: expected every name once, found a again");
    assertList("\n", "expected names of images, found none");
    assertThatThrownBy(() -> Voc2012.index(files(folder), "val", Voc2012.Labels.ORIGINAL))
        .hasMessageContaining("expected the file ImageSets/Segmentation/val.txt, found none");
  }

  @Test
  void aLabelImageThatDoesNotFitIsRefused() {
    byte[] image = TestImages.jpeg(6, 7, 1);

    assertThatThrownBy(() -> sample(image, LabelMapTest.drawn(7, 6, 9, 1).encode()))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage(
            "label image: expected the image's size, 6 x 7 pixels (height x width), found 7 x 6");
    byte[] labels = new byte[42];
    labels[9] = (byte) 200;
    assertThatThrownBy(() -> sample(image, new LabelMap(6, 7, labels).encode()))
        .hasMessage(
            "label image: row 1, column 2: expected an index of 0 to 20, or 255, found 200");
    assertThatThrownBy(() -> sample(image, image))
        .hasMessage("label image: expected a PNG file, found jpeg");
  }

  @Test
  void theRealSampleOfAde20kSurvivesPixelByPixel() throws Exception {
    assumeTrue(Files.exists(ADE), "the sample of ADE20K is not there");
    int samples = 0;
    for (String split : new String[] {"train", "val"}) {
      SegmentationIndex index = Ade20k.index(files(ADE), split);
      assertThat(index.classes()).startsWith("wall", "building, edifice").endsWith("clock", "flag");
      assertThat(index.rejected()).isEmpty();
      for (SegmentationEntry entry : index.entries()) {
        byte[] source = Files.readAllBytes(ADE.resolve(entry.labels()));
        byte[] image = Files.readAllBytes(ADE.resolve(entry.image()));
        LabelMap indices = LabelMap.decode(source);
        LabelMap stored =
            LabelMap.decode(
                ((EncodedLabelMap)
                        new SegmentationPreparation(LabelCoding.ADE20K)
                            .prepare(entry.key(), image, source)
                            .truth())
                    .png());
        for (int i = 0; i < indices.labels().length; i++) {
          // 0 - 1 is 255: the ignored index becomes the ignored label
          if (stored.labels()[i] != (byte) (indices.labels()[i] - 1)) {
            throw new AssertionError(Text.format("%s: pixel %d", entry, i));
          }
        }
        samples++;
      }
    }
    assertThat(samples).isEqualTo(3);
  }

  private void assertList(String list, String reason) throws IOException {
    writeVoc(list, "SegmentationClass");
    assertThatThrownBy(() -> Voc2012.index(files(folder), "train", Voc2012.Labels.ORIGINAL))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("ImageSets/Segmentation/train.txt of ")
        .hasMessageContaining(reason);
  }

  private Sample sample(SegmentationEntry entry, LabelCoding coding)
      throws IOException, InvalidImageException {
    return new SegmentationPreparation(coding)
        .prepare(
            entry.key(),
            Files.readAllBytes(folder.resolve(entry.image())),
            Files.readAllBytes(folder.resolve(entry.labels())));
  }

  private static Sample sample(byte[] image, byte[] labels) throws InvalidImageException {
    return new SegmentationPreparation(LabelCoding.ofLabels(21)).prepare("a", image, labels);
  }

  private DatasetFiles files(Path root) {
    return DatasetFiles.of(storage, Storage.path(root.toString()));
  }

  private void writeAde() throws IOException {
    StringBuilder classes = new StringBuilder("Idx\tRatio\tTrain\tVal\tName\n");
    for (int i = 1; i <= 150; i++) {
      classes.append(Text.format("%d\t0.1\t2\t3\tthing %d, item %d\n", i, i, i));
    }
    Files.writeString(folder.resolve("objectInfo150.txt"), classes);
    for (int i = 1; i <= 2; i++) {
      write(Text.format("images/training/ADE_train_%d.jpg", i), TestImages.jpeg(6, 7, i));
      write(
          Text.format("annotations/training/ADE_train_%d.png", i),
          LabelMapTest.drawn(6, 7, 151, i).encode());
    }
  }

  private void writeVoc(String list, String labelFolder) throws IOException {
    write("ImageSets/Segmentation/train.txt", list.getBytes(StandardCharsets.UTF_8));
    for (String name : new String[] {"2007_000032", "2007_000039"}) {
      write(Text.format("JPEGImages/%s.jpg", name), TestImages.jpeg(6, 7, 1));
      write(
          Text.format("%s/%s.png", labelFolder, name),
          TestPng.palette(vocLabels(), 8, ImageWriteParam.MODE_DISABLED));
    }
  }

  private static LabelMap vocLabels() {
    byte[] labels = LabelMapTest.drawn(6, 7, 21, 3).labels();
    labels[5] = (byte) 255;
    return new LabelMap(6, 7, labels);
  }

  private void write(String path, byte[] bytes) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
