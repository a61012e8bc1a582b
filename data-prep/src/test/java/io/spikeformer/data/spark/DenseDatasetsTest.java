package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.files.TestZip;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.TestArchive;
import io.spikeformer.data.source.TestInputs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** Raw sets of objects and of label images into shards and back, on a real Spark. */
class DenseDatasetsTest extends DensePreparationLab {
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
}
