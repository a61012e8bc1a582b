package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.detection.CocoDataset;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.files.TestZip;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.preview.SamplePainter;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.TestArchive;
import io.spikeformer.data.source.TestInputs;
import io.spikeformer.data.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** Raw sets of objects and of label images into shards and back, on a real Spark. */
class DenseDatasetsTest extends PreparationLab {
  private static final String COCO =
      """
      {"images": [{"id": 5, "file_name": "a.jpg", "height": 12, "width": 20},
                  {"id": 2, "file_name": "b.jpg", "height": 12, "width": 20},
                  {"id": 3, "file_name": "c.jpg", "height": 9, "width": 20},
                  {"id": 4, "file_name": "d.jpg", "height": 12, "width": 20}],
       "categories": [{"id": 90, "name": "dog"}, {"id": 7, "name": "cat"}],
       "annotations": [
         {"id": 1, "image_id": 5, "category_id": 90, "iscrowd": 0, "area": 20.0,
          "bbox": [2, 3, 5, 4], "segmentation": [[2, 3, 7, 3, 7, 7, 2, 7]]},
         {"id": 2, "image_id": 5, "category_id": 7, "iscrowd": 1, "area": 12.0,
          "bbox": [0, 0, 1, 12], "segmentation": {"size": [12, 20], "counts": [0, 12, 228]}}]}
      """;

  @Test
  void keepsEveryObjectOfCoco() throws Exception {
    for (String name : new String[] {"a.jpg", "b.jpg", "c.jpg"}) {
      put("images/" + name, TestImages.jpeg(12, 20, name.charAt(0)));
    }
    put("instances.json", COCO.getBytes(StandardCharsets.UTF_8));
    DatasetSpec spec =
        DatasetSpec.of("coco", path("images"), "train").with("annotations", path("instances.json"));

    ShardManifest manifest = run(spec);

    assertThat(manifest.kind()).isEqualTo(new SampleKind(ContentKind.IMAGE, TruthKind.OBJECTS));
    assertThat(manifest.classes()).containsExactly("cat", "dog");
    Map<String, Sample> samples = samples();
    assertThat(samples).containsOnlyKeys("a.jpg", "b.jpg");
    Sample first = samples.get("a.jpg");
    CocoDataset source =
        CocoDataset.read(
            () -> new Storage(new Configuration()).open(Storage.path(path("instances.json"))),
            "instances.json");
    assertThat(ObjectBytes.decode("a.jpg", ((EncodedObjects) first.truth()).bytes(), 12, 20))
        .hasSize(2)
        .isEqualTo(source.objects(source.images().get(0)));
    assertThat(((EncodedImage) first.content()).bytes()).isEqualTo(TestImages.jpeg(12, 20, 'a'));
    RgbImage drawn = new ImageCodec().decode(new SamplePainter(manifest.classes()).draw(first));
    RgbImage plain = new ImageCodec().decode(((EncodedImage) first.content()).bytes());
    assertThat(colour(drawn, 3, 2)).isEqualTo(0x004aff);
    assertThat(colour(drawn, 5, 4)).isNotEqualTo(colour(plain, 5, 4)).isNotEqualTo(0x004aff);
    assertThat(colour(drawn, 5, 0)).isEqualTo(0xff0000);
    assertThat(colour(drawn, 9, 15)).isEqualTo(colour(plain, 9, 15));
    Sample bare = samples.get("b.jpg");
    assertThat(ObjectBytes.decode("b.jpg", ((EncodedObjects) bare.truth()).bytes(), 12, 20))
        .isEmpty();
    assertThat(Files.readString(folder.resolve("out/train/" + ShardManifest.REJECTED_FILE)))
        .contains("c.jpg", "another size than annotated: expected 9 x 20")
        .contains("d.jpg", "annotated, but there is no such image");
    assertThat(new VerifyJob(spark).run(path("out/train")).problems()).isEmpty();
  }

  @Test
  void boxesAloneAreADetectionSet() throws Exception {
    for (String name : new String[] {"a.jpg", "b.jpg"}) {
      put("images/" + name, TestImages.jpeg(12, 20, name.charAt(0)));
    }
    String json =
        """
        {"images": [{"id": 5, "file_name": "a.jpg", "height": 12, "width": 20},
                    {"id": 2, "file_name": "b.jpg", "height": 12, "width": 20}],
         "categories": [{"id": 90, "name": "dog"}, {"id": 7, "name": "cat"}],
         "annotations": [
           {"id": 1, "image_id": 5, "category_id": 90, "bbox": [2, 3, 5, 4]},
           {"id": 1, "image_id": 5, "category_id": 7, "bbox": [8, 3, 5, 4], "segmentation": [[]]},
           {"id": 3, "image_id": 2, "category_id": 7, "bbox": [0, 0, 1, 12], "iscrowd": true},
           {"id": 1, "image_id": 2, "category_id": 7, "bbox": [0, 0, 1, 12], "area": 2,
            "segmentation": {"size": [12, 20], "counts": [0, 12, 228]}}]}
        """;
    put("instances.json", json.getBytes(StandardCharsets.UTF_8));
    DatasetSpec spec =
        DatasetSpec.of("coco", path("images"), "train").with("annotations", path("instances.json"));

    ShardManifest manifest = run(spec);

    assertThat(manifest.accepted()).isEqualTo(2);
    assertThat(manifest.noted()).isEqualTo(3);
    Sample first = samples().get("a.jpg");
    DetectedObject dog =
        new DetectedObject(1, 1, ObjectKind.INSTANCE, new Rect(2, 3, 5, 4), 20, Optional.empty());
    assertThat(ObjectBytes.decode("a.jpg", ((EncodedObjects) first.truth()).bytes(), 12, 20))
        .hasSize(2)
        .contains(dog);
    RgbImage drawn = new ImageCodec().decode(new SamplePainter(manifest.classes()).draw(first));
    RgbImage plain = new ImageCodec().decode(((EncodedImage) first.content()).bytes());
    assertThat(colour(drawn, 3, 2)).isEqualTo(0x004aff);
    assertThat(colour(drawn, 5, 4)).isEqualTo(colour(plain, 5, 4));
    assertThat(Files.readAllLines(folder.resolve("out/train/" + ShardManifest.NOTES_FILE)))
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).contains("instances.json\",\"text\":\""))
        .anySatisfy(line -> assertThat(line).contains("3 of 4 annotations have no mask"))
        .anySatisfy(line -> assertThat(line).contains("3 of 4 annotations have no area"))
        .anySatisfy(line -> assertThat(line).contains("1 annotation ids are not unique: 1 (a.jpg"));
    assertThat(new VerifyJob(spark).run(path("out/train")).problems())
        .containsExactly(
            "annotation id 1 is not unique: expected every id once, found it in a.jpg, a.jpg, b.jpg");
  }

  @Test
  void verifyNamesTheFirstOfManyIdsAndCountsTheOthers() throws Exception {
    StringBuilder objects = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      objects.append(
          Text.format(
              """
          , {"id": %d, "image_id": %d, "category_id": 7, "bbox": [0, 0, 1, 12]}
          """,
              i % 50, i < 50 ? 5 : 2));
    }
    put("images/a.jpg", TestImages.jpeg(12, 20, 'a'));
    put("images/b.jpg", TestImages.jpeg(12, 20, 'b'));
    String json = COCO.replaceFirst("\"annotations\": \\[\\s*", "\"annotations\": [");
    json = json.substring(0, json.indexOf("[", json.indexOf("annotations")) + 1);
    put("instances.json", (json + objects.substring(1) + "]}").getBytes(StandardCharsets.UTF_8));
    run(
        DatasetSpec.of("coco", path("images"), "train")
            .with("annotations", path("instances.json")));

    assertThat(new VerifyJob(spark).run(path("out/train")).problems())
        .hasSize(21)
        .contains(
            "annotation id 0 is not unique: expected every id once, found it in a.jpg, b.jpg",
            "annotation id 19 is not unique: expected every id once, found it in a.jpg, b.jpg",
            "30 more annotation ids are not unique");
  }

  @Test
  void ifNothingIsLeftTheFirstReasonIsSaidAndAllAreListed() throws Exception {
    put("images/a.jpg", TestImages.jpeg(12, 20, 'a'));
    put("instances.json", COCO.replace("[2, 3,", "[NaN, 3,").getBytes(StandardCharsets.UTF_8));
    DatasetSpec coco =
        DatasetSpec.of("coco", path("images"), "train").with("annotations", path("instances.json"));
    put("voc/ImageSets/Segmentation/train.txt", "a\nb\n".getBytes(StandardCharsets.UTF_8));
    put("voc/JPEGImages/a.jpg", TestImages.jpeg(12, 20, 1));
    put("voc/SegmentationClass/b.png", new LabelMap(12, 20, new byte[240]).encode());
    DatasetSpec voc = DatasetSpec.of("voc2012", path("voc"), "train");
    PrepareOptions lenient = PrepareOptions.of(coco, path("out")).withMaxRejectedFraction(1);

    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> run(lenient))
          .isInstanceOf(UserException.class)
          .hasMessageMatching(
              "no images: expected those of /.*instances.json in file:.*images, found none that"
                  + " can be used; all 4 files are rejected, the first is a.jpg \\(file:.*, line 7,"
                  + " byte \\d+, annotation 1: expected the x of bbox, a finite number, found NaN\\);"
                  + " see file:.*/out/train/_rejected.jsonl");
      assertThat(Files.readAllLines(folder.resolve("out/train/_rejected.jsonl"))).hasSize(4);
    }
    assertThatThrownBy(() -> run(PrepareOptions.of(voc, path("voc-out"))))
        .hasMessageContaining(
            "; all 2 files are rejected, the first is JPEGImages/a.jpg (no label");
    assertThat(Files.readAllLines(folder.resolve("voc-out/train/_rejected.jsonl"))).hasSize(2);
    put("flat/x.png", new byte[3]);
    TestArchive.pack(folder.resolve("flat"), folder.resolve("flat.tar"));
    for (String input : new String[] {"flat", "flat.tar"}) {
      DatasetSpec flat = DatasetSpec.of("imagenet", path(input), "train");
      assertThatThrownBy(() -> run(PrepareOptions.of(flat, path(input + "-out"))))
          .hasMessageContaining("; all 1 files are rejected, the first is x.png (not ");
      assertThat(Files.readAllLines(folder.resolve(input + "-out/train/_rejected.jsonl")))
          .hasSize(1);
    }
    // with the input mended the same command goes on
    put("instances.json", COCO.getBytes(StandardCharsets.UTF_8));
    assertThat(run(lenient).accepted()).isEqualTo(1);
    // and a finished split is left as it is
    put("instances.json", COCO.replace("[2, 3,", "[NaN, 3,").getBytes(StandardCharsets.UTF_8));
    byte[] list = Files.readAllBytes(folder.resolve("out/train/_rejected.jsonl"));
    assertThatThrownBy(() -> run(lenient)).hasMessageEndingWith("found NaN)");
    assertThat(folder.resolve("out/train/_rejected.jsonl")).hasBinaryContent(list);
  }

  @Test
  void readsImagesOfCocoInSubfolders() throws Exception {
    String json = COCO.replace("\"a.jpg\"", "\"x/y/a.jpg\"").replace("\"b.jpg\"", "\"./x//b.jpg\"");
    TestZip zip = new TestZip();
    for (String name : new String[] {"x/y/a.jpg", "x/b.jpg", "a.jpg"}) {
      byte[] jpeg = TestImages.jpeg(12, 20, name.length());
      put("images/" + name, jpeg);
      zip.stored("val2017/" + name, jpeg);
    }
    put("val2017.zip", zip.bytes());
    put("instances.json", json.getBytes(StandardCharsets.UTF_8));

    for (String input : new String[] {"images", "val2017.zip"}) {
      run(
          DatasetSpec.of("coco", path(input), "train").with("annotations", path("instances.json")),
          "out-" + input);
      Map<String, Sample> samples = samples("out-" + input);
      assertThat(samples).containsOnlyKeys("x/y/a.jpg", "./x//b.jpg");
      assertThat(((EncodedImage) samples.get("x/y/a.jpg").content()).bytes())
          .isEqualTo(TestImages.jpeg(12, 20, 9));
    }
  }

  @Test
  void correctedAnnotationsAreAnotherConversion() throws Exception {
    put("images/a.jpg", TestImages.jpeg(12, 20, 'a'));
    put("images/b.jpg", TestImages.jpeg(12, 20, 'b'));
    put("instances.json", COCO.getBytes(StandardCharsets.UTF_8));
    DatasetSpec spec =
        DatasetSpec.of("coco", path("images"), "train").with("annotations", path("instances.json"));
    ShardManifest manifest = run(spec);
    assertThat(run(spec)).isEqualTo(manifest);
    String corrected = COCO.replace("\"area\": 20.0", "\"area\": 21.0");
    assertThat(corrected).isNotEqualTo(COCO);
    put("instances.json", corrected.getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> run(spec)).hasMessageStartingWith("output holds another conversion");
  }

  @Test
  void keepsEveryPixelOfVoc() throws Exception {
    byte[] labels = new byte[12 * 20];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (i % 22 == 21 ? 255 : i % 22);
    }
    put("voc/ImageSets/Segmentation/train.txt", "a\nb\nlost\n".getBytes(StandardCharsets.UTF_8));
    for (String name : new String[] {"a", "b"}) {
      put("voc/JPEGImages/" + name + ".jpg", TestImages.jpeg(12, 20, 1));
    }
    put("voc/SegmentationClass/a.png", new LabelMap(12, 20, labels).encode());
    put("voc/SegmentationClass/b.png", new LabelMap(20, 12, labels).encode());

    ShardManifest manifest = run(DatasetSpec.of("voc2012", path("voc"), "train"));

    assertThat(manifest.kind()).isEqualTo(new SampleKind(ContentKind.IMAGE, TruthKind.LABEL_MAP));
    assertThat(manifest.classes()).hasSize(21);
    assertThat(manifest.accepted()).isEqualTo(1);
    assertThat(manifest.rejected()).isEqualTo(2);
    Sample sample = samples().get("a");
    assertThat(LabelMap.decode(((EncodedLabelMap) sample.truth()).png()).labels())
        .isEqualTo(labels);
    assertThat(new VerifyJob(spark).run(path("out/train")).problems()).isEmpty();
  }

  @Test
  void archivesGiveTheSameShardsAsFolders() throws Exception {
    TestZip images = new TestZip();
    for (String name : new String[] {"a.jpg", "b.jpg", "c.jpg"}) {
      byte[] jpeg = TestImages.jpeg(12, 20, name.charAt(0));
      put("images/" + name, jpeg);
      images.stored("val2017/" + name, jpeg);
    }
    put("val2017.zip", images.bytes());
    put("instances.json", COCO.getBytes(StandardCharsets.UTF_8));
    put(
        "annotations.zip",
        new TestZip()
            .text("annotations/captions_val2017.json", "{}")
            .text("annotations/instances_train2017.json", "{}")
            .text("annotations/instances_val2017.json", COCO)
            .bytes());
    DatasetSpec folders = DatasetSpec.of("coco", path("images"), "val");
    DatasetSpec archives = DatasetSpec.of("coco", path("val2017.zip"), "val");

    ShardManifest manifest = run(folders.with("annotations", path("instances.json")), "out");
    run(archives.with("annotations", path("annotations.zip")), "zip");
    String member = path("annotations.zip") + "!annotations/instances_val2017.json";
    run(archives.with("annotations", member), "member");

    assertThat(manifest.accepted()).isEqualTo(2);
    for (String output : new String[] {"zip", "member"}) {
      for (int shard = 0; shard < 2; shard++) {
        String file = Text.format("val/part-%05d.parquet", shard);
        assertThat(folder.resolve(output).resolve(file))
            .hasSameBinaryContentAs(folder.resolve("out").resolve(file));
      }
    }
    assertThatThrownBy(
            () ->
                run(
                    DatasetSpec.of("coco", path("val2017.zip"), "test")
                        .with("annotations", path("annotations.zip")),
                    "test"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("annotations: expected instances_test2017.json in file:")
        .hasMessageContaining("annotations/captions_val2017.json")
        .hasMessageEndingWith("name one as annotations.zip!MEMBER");
  }

  @Test
  void archivesOfLabelImagesGiveTheSameShardsAsFolders() throws Exception {
    byte[] labels = new LabelMap(12, 20, new byte[12 * 20]).encode();
    put("voc/ImageSets/Segmentation/train.txt", "a\nb\n".getBytes(StandardCharsets.UTF_8));
    TestZip zip =
        new TestZip().text("VOCdevkit/VOC2012/ImageSets/Segmentation/train.txt", "a\nb\n");
    for (String name : new String[] {"a", "b"}) {
      byte[] jpeg = TestImages.jpeg(12, 20, name.charAt(0));
      put("voc/JPEGImages/" + name + ".jpg", jpeg);
      put("voc/SegmentationClass/" + name + ".png", labels);
      zip.stored("VOCdevkit/VOC2012/JPEGImages/" + name + ".jpg", jpeg)
          .deflated("VOCdevkit/VOC2012/SegmentationClass/" + name + ".png", labels);
    }
    put("voc.zip", zip.bytes());
    TestArchive.pack(folder.resolve("voc"), folder.resolve("voc.tar"));

    assertThat(run(DatasetSpec.of("voc2012", path("voc"), "train")).accepted()).isEqualTo(2);
    for (String output : new String[] {"voc.zip", "voc.tar"}) {
      run(DatasetSpec.of("voc2012", path(output), "train"), "out-" + output);
      for (int shard = 0; shard < 2; shard++) {
        String file = Text.format("train/part-%05d.parquet", shard);
        assertThat(folder.resolve("out-" + output).resolve(file))
            .hasSameBinaryContentAs(folder.resolve("out").resolve(file));
      }
    }
  }

  @Test
  void rejectionsHaveTheRealPathsOfImageAndLabelImage() throws Exception {
    byte[] labels = new LabelMap(12, 20, new byte[12 * 20]).encode();
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put("ImageSets/Segmentation/train.txt", "a\nb\n".getBytes(StandardCharsets.UTF_8));
    files.put("JPEGImages/a.jpg", TestImages.jpeg(12, 20, 1));
    files.put("SegmentationClass/a.png", labels);
    files.put("JPEGImages/b.jpg", TestImages.jpeg(20, 12, 1));
    files.put("SegmentationClass/b.png", labels);
    TreeMap<String, byte[]> packed = new TreeMap<>();
    files.forEach((path, content) -> packed.put("VOCdevkit/VOC2012/" + path, content));
    TestInputs.write(folder.resolve("voc"), files);
    TestInputs.write(folder.resolve("voc.zip"), packed);
    TestInputs.write(folder.resolve("voc.tar"), packed);

    for (String input : new String[] {"voc", "voc.zip", "voc.tar"}) {
      ShardManifest manifest = run(DatasetSpec.of("voc2012", path(input), "train"), "out-" + input);
      String root = input.equals("voc") ? "" : "VOCdevkit/VOC2012/";

      assertThat(manifest.rejected()).isEqualTo(1);
      assertThat(Files.readString(folder.resolve("out-" + input + "/train/_rejected.jsonl")))
          .isEqualTo(
              Text.format(
                  """
              {"path":"%sJPEGImages/b.jpg","labels":"%sSegmentationClass/b.png",\
              "reason":"label image: expected the image's size, 20 x 12 pixels (height x width),\
               found 12 x 20"}
              """,
                  root, root));
      // the shards, whose footers list the same, do not tell a folder from an archive of it
      assertThat(manifest.shards())
          .isEqualTo(ShardSet.open(path("out-voc/train"), new Configuration()).manifest().shards());
    }
  }

  private static int colour(RgbImage image, int row, int column) {
    return image.value(row, column, 0) << 16
        | image.value(row, column, 1) << 8
        | image.value(row, column, 2);
  }

  private ShardManifest run(DatasetSpec spec) {
    return run(spec, "out");
  }

  private ShardManifest run(DatasetSpec spec, String output) {
    PrepareOptions options =
        PrepareOptions.of(spec, path(output)).withShards(2).withMaxRejectedFraction(0.7);
    return run(options);
  }

  private Map<String, Sample> samples() {
    return samples("out");
  }

  private Map<String, Sample> samples(String output) {
    ShardSet set = ShardSet.open(path(output + "/train"), new Configuration());
    Map<String, Sample> samples = new TreeMap<>();
    for (int shard = 0; shard < 2; shard++) {
      set.samples(shard).forEach(sample -> samples.put(sample.key(), sample));
    }
    return samples;
  }
}
