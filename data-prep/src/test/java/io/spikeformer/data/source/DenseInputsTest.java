package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.files.TestZip;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images with annotations, and recordings: every file of a split is counted, by its real path. */
class DenseInputsTest {
  private static final String LINK =
      "a link, which is not followed in an archive; pack the file itself";

  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"ade, ''", "ade.tar, set/", "ADE.TAR, set/", "ade.zip, set/", "ADE.ZIP, ''"})
  void everyFileOfAde20k(String input, String root) throws Exception {
    TreeMap<String, byte[]> files = new TreeMap<>();
    adeFiles(root).forEach(path -> files.put(path, bytes(path)));
    files.put(root + "objectInfo150.txt", bytes(adeClasses()));
    TestInputs.write(folder.resolve(input), files);

    SourceIndex index = open("ade20k", input).index();

    assertThat(keys(index)).containsExactly("a", "b");
    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection(
                root + "images/training/c.jpg", "no label image annotations/training/c.png"),
            new Rejection(root + "annotations/training/d.png", "no image images/training/d.jpg"),
            new Rejection(root + "images/training/more/e.jpg", "not directly in images/training"));
    assertThat(index.ignored()).isEqualTo(5);
    // a pair is one sample; the list of classes and the other split are none of this one
    assertThat(index.files() + index.ignored() + 2 + 1 + 2).isEqualTo(files.size());
  }

  private static List<String> adeFiles(String root) {
    return List.of(
            "images/training/a.jpg",
            "annotations/training/a.png",
            "images/training/b.jpg",
            "annotations/training/b.png",
            "images/training/c.jpg",
            "annotations/training/d.png",
            "images/training/more/e.jpg",
            "images/training/._a.jpg",
            "annotations/training/Thumbs.db",
            "images/.DS_Store",
            ".git/HEAD",
            ".git/objects/1",
            "images/validation/f.jpg",
            "annotations/validation/f.png")
        .stream()
        .map(path -> root + path)
        .toList();
  }

  @Test
  void whatAMacPacksBesideTheFilesIsIgnored() throws Exception {
    TestZip zip = new TestZip().text("set/objectInfo150.txt", adeClasses());
    zip.text("set/images/training/a.jpg", "a").text("set/annotations/training/a.png", "a");
    zip.text("__MACOSX/set/images/training/._a.jpg", "x").text("__MACOSX/._set", "x");
    zip.text("set/.DS_Store", "x");
    Files.write(folder.resolve("ade.zip"), zip.bytes());

    SourceIndex index = open("ade20k", "ade.zip").index();

    assertThat(keys(index)).containsExactly("a");
    assertThat(index.rejected()).isEmpty();
    assertThat(index.ignored()).isEqualTo(3);
  }

  @Test
  void aZipWithBackslashesFromUnixIsRead() throws Exception {
    TestZip zip = new TestZip().unixNamed("set\\objectInfo150.txt", bytes(adeClasses()));
    zip.unixNamed("set\\images\\training\\a.jpg", bytes("a"));
    zip.unixNamed("set\\annotations\\training\\a.png", bytes("a"));
    Files.write(folder.resolve("ade.zip"), zip.bytes());

    Dataset dataset = open("ade20k", "ade.zip");

    assertThat(keys(dataset.index())).containsExactly("a");
    try (SourceReader reader = dataset.read(dataset.index().parts().get(0))) {
      SourceEntry entry = reader.next();
      assertThat(entry.path()).isEqualTo("images/training/a.jpg");
      assertThat(entry.labels()).isEqualTo("annotations/training/a.png");
      assertThat(entry.read().content()).isEqualTo(bytes("a"));
    }
  }

  @Test
  void linksOfAnArchiveAreRejectedOncePerSample() throws Exception {
    TestZip zip = new TestZip().text("set/objectInfo150.txt", adeClasses());
    for (String name : new String[] {"a", "b"}) {
      zip.text(Text.format("set/images/training/%s.jpg", name), "x");
    }
    zip.text("set/annotations/training/a.png", "x");
    zip.link("set/annotations/training/b.png", "a.png");
    zip.link("set/images/training/c.jpg", "a.jpg");
    zip.link("set/annotations/training/c.png", "a.png").text("../../evil.jpg", "x");
    Files.write(folder.resolve("ade.zip"), zip.bytes());

    SourceIndex index = open("ade20k", "ade.zip").index();

    assertThat(keys(index)).containsExactly("a");
    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection("../../evil.jpg", "a path that leads out of the archive"),
            new Rejection(
                "set/images/training/b.jpg",
                "set/annotations/training/b.png",
                "label image: " + LINK),
            new Rejection("set/images/training/c.jpg", "set/annotations/training/c.png", LINK));
    assertThat(index.files()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"voc, ''", "voc.tar, VOCdevkit/VOC2012/", "voc.zip, VOCdevkit/VOC2012/"})
  void everyNameOfVoc2012(String input, String root) throws Exception {
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put(root + "ImageSets/Segmentation/train.txt", bytes("a\nb\nc\n"));
    for (String path :
        List.of(
            "JPEGImages/a.jpg",
            "SegmentationClass/a.png",
            "JPEGImages/b.jpg",
            "SegmentationClass/.DS_Store",
            "JPEGImages/other.jpg")) {
      files.put(root + path, bytes(path));
    }
    TestInputs.write(folder.resolve(input), files);

    SourceIndex index = open("voc2012", input).index();

    assertThat(keys(index)).containsExactly("a");
    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection(root + "JPEGImages/b.jpg", "no label image SegmentationClass/b.png"),
            new Rejection(
                root + "JPEGImages/c.jpg",
                "named in ImageSets/Segmentation/train.txt, but no such image"));
    assertThat(index.files()).isEqualTo(3);
    assertThat(index.ignored()).isEqualTo(1);
  }

  @Test
  void linksOfVoc2012ThatLeadNowhereAreSaidToBeLinks() throws Exception {
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put("ImageSets/Segmentation/train.txt", bytes("a\nb\nc\n"));
    for (String name : new String[] {"a", "b"}) {
      files.put("JPEGImages/" + name + ".jpg", bytes(name));
    }
    files.put("SegmentationClass/a.png", bytes("a"));
    TestInputs.write(folder.resolve("voc"), files);
    Files.createSymbolicLink(folder.resolve("voc/SegmentationClass/b.png"), Path.of("gone"));
    Files.createSymbolicLink(folder.resolve("voc/JPEGImages/c.jpg"), Path.of("gone"));

    assertThat(open("voc2012", "voc").index().rejected())
        .containsExactlyInAnyOrder(
            new Rejection(
                "JPEGImages/b.jpg",
                "SegmentationClass/b.png",
                "label image: a link that leads nowhere"),
            new Rejection("JPEGImages/c.jpg", "a link that leads nowhere"));
  }

  @ParameterizedTest
  @CsvSource({"images, ''", "images.tar, val2017/", "images.zip, val2017/"})
  void everyImageOfCoco(String input, String root) throws Exception {
    TreeMap<String, byte[]> files = new TreeMap<>();
    for (String path : List.of("a.jpg", "x/b.jpg", "._a.jpg", "x/.b/c.jpg", "unnamed.jpg")) {
      files.put(root + path, bytes(path));
    }
    TestInputs.write(folder.resolve(input), files);

    SourceIndex index = coco(input, "a.jpg", "./x//b.jpg", "x/gone.jpg").index();

    assertThat(keys(index)).containsExactly("a.jpg", "./x//b.jpg");
    assertThat(index.rejected())
        .containsExactly(
            new Rejection(root + "x/gone.jpg", "annotated, but there is no such image"));
    assertThat(index.files()).isEqualTo(3);
    assertThat(index.ignored()).isEqualTo(2);
  }

  @Test
  void annotationsLieInAZipOfAnyCaseAndInNoTar() throws Exception {
    TestInputs.write(folder.resolve("images"), Map.of("a.jpg", bytes("a")));
    coco("images", "a.jpg");
    byte[] json = Files.readAllBytes(folder.resolve("instances.json"));
    for (String name : new String[] {"notes.ZIP", "notes.tar.gz", "notes.TAR"}) {
      TestInputs.write(folder.resolve(name), Map.of("annotations/instances_train2017.json", json));
    }
    DatasetSpec spec = DatasetSpec.of("coco", folder.resolve("images").toString(), "train");

    for (String place :
        new String[] {"notes.ZIP", "notes.ZIP!annotations/instances_train2017.json"}) {
      String annotations = folder.resolve(place).toString();
      assertThat(keys(Datasets.open(storage, spec.with("annotations", annotations)).index()))
          .containsExactly("a.jpg");
    }
    for (String name : new String[] {"notes.tar.gz", "notes.TAR"}) {
      String annotations = folder.resolve(name).toString();
      assertThatThrownBy(
              () -> Datasets.open(storage, spec.with("annotations", annotations)).index())
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("annotations: expected a .json or .zip file, found ")
          .hasMessageEndingWith(name + "; unpack it and give the .json file");
    }
  }

  @Test
  void anAnnotatedLinkOfAnArchiveIsSaidToBeOne() throws Exception {
    Files.write(
        folder.resolve("val2017.zip"),
        new TestZip()
            .text("val2017/a.jpg", "a")
            .link("val2017/b.jpg", "a.jpg")
            .link("val2017/unnamed.jpg", "a.jpg")
            .bytes());

    assertThat(coco("val2017.zip", "a.jpg", "b.jpg").index().rejected())
        .containsExactly(new Rejection("val2017/b.jpg", LINK));
  }

  @Test
  void everyRecordingOfClassFolders() throws Exception {
    TreeMap<String, byte[]> files = new TreeMap<>();
    for (String path :
        List.of(
            "val/wave/a.npz",
            "val/wave/twice.npz",
            "val/wave/twice.aedat4",
            "val/wave/notes.txt",
            "val/wave/.a.npz",
            "val/lost.npz",
            "val/.cache/x/1.npz",
            "val/nod/pictures/0.png",
            "val/nod/pictures/Thumbs.db")) {
      files.put(path, bytes(path));
    }
    TestInputs.write(folder.resolve("in"), files);

    SourceIndex index = hardvs("in").index();

    assertThat(keys(index)).containsExactlyInAnyOrder("wave/a", "nod/pictures");
    assertThat(index.rejected())
        .extracting(Rejection::path)
        .containsExactlyInAnyOrder(
            "val/wave/twice.npz", "val/wave/twice.aedat4", "val/wave/notes.txt", "val/lost.npz");
    assertThat(index.ignored()).isEqualTo(3);
    assertThat(index.files() + index.ignored()).isEqualTo(files.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ade20k", "voc2012", "coco"})
  void aCompressedArchiveIsRefusedWithTheAcceptedKinds(String dataset) throws Exception {
    TestInputs.write(folder.resolve("My Set.TGZ"), Map.of("a", bytes("a")));

    assertThatThrownBy(() -> open(dataset, "My Set.TGZ"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "compressed archive: expected a folder or a .zip or .tar file, found file:")
        .hasMessageEndingWith("My Set.TGZ; unpack it: gzip -dc 'My Set.TGZ' > 'My Set.tar'");
  }

  @ParameterizedTest
  @CsvSource({
    "imagenet, 'a folder or a .tar, .tar.gz, .tgz or .zip file'",
    "ade20k, 'a folder or a .zip or .tar file'",
    "voc2012, 'a folder or a .zip or .tar file'",
    "coco, 'a folder or a .zip or .tar file'"
  })
  void otherArchivesAreRefusedWithTheAcceptedKinds(String dataset, String kinds) throws Exception {
    for (String name : new String[] {"set.rar", "set.tar.bz2", "set.7z"}) {
      Files.writeString(folder.resolve(name), "x");

      assertThatThrownBy(() -> open(dataset, name))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("unknown input: expected " + kinds + ", found file:")
          .hasMessageEndingWith(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"set.zip", "set.ZIP", "set.tar.gz"})
  void anArchiveOfRecordingsIsToBeUnpacked(String name) throws Exception {
    TestInputs.write(folder.resolve(name), Map.of("a/b.npz", bytes("a")));

    assertThatThrownBy(() -> hardvs(name).index())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("unknown input: expected a folder, an .aedat4 or an .npz file")
        .hasMessageEndingWith(name + "; unpack it and give its folder");
  }

  private Dataset coco(String input, String... images) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String image : images) {
      entries.add(
          Text.format(
              "{\"id\": %d, \"file_name\": \"%s\", \"height\": 2, \"width\": 2}",
              entries.size() + 1, image));
    }
    Files.writeString(
        folder.resolve("instances.json"),
        Text.format(
            "{\"images\": [%s], \"categories\": [{\"id\": 1, \"name\": \"cat\"}],"
                + " \"annotations\": []}",
            String.join(", ", entries)));
    return open("coco", input);
  }

  private Dataset hardvs(String input) {
    EventSettings settings = EventSettings.of(FrameOptions.ofSize(64, 80));
    return Datasets.open(storage, settings.toSpec(folder.resolve(input).toString(), "val"));
  }

  private Dataset open(String dataset, String input) {
    DatasetSpec spec = DatasetSpec.of(dataset, folder.resolve(input).toString(), "train");
    return Datasets.open(
        storage, spec.with(CocoImages.ANNOTATIONS, folder.resolve("instances.json").toString()));
  }

  private static List<String> keys(SourceIndex index) {
    return index.parts().stream()
        .flatMap(part -> IntStream.range(0, part.files()).mapToObj(part::key))
        .toList();
  }

  private static String adeClasses() {
    return IntStream.rangeClosed(1, 150)
        .mapToObj(i -> Text.format("%d\t0.1\t2\t3\tthing %d\n", i, i))
        .collect(Collectors.joining("", "Idx\tRatio\tTrain\tVal\tName\n", ""));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
