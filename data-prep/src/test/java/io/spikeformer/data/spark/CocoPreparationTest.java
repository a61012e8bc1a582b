package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
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
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** COCO annotations into shards and back, on a real Spark. */
class CocoPreparationTest extends DensePreparationLab {
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
            "annotation id 1 is not unique: expected every id once, found it in a.jpg, a.jpg,"
                + " b.jpg");
  }

  @Test
  void anyonesObjectsLieInTheFormOfCoco() throws Exception {
    String json =
        """
        {"images": [{"id": 5, "file_name": "a.jpg", "height": 12, "width": 20},
                    {"id": 2, "file_name": "x/b.jpg", "height": 12, "width": 20},
                    {"id": 3, "file_name": "c.jpg", "height": 12, "width": 20},
                    {"id": 4, "file_name": "d.jpg", "height": 12, "width": 20},
                    {"id": 6, "file_name": "e.jpg", "height": 12, "width": 20},
                    {"id": 8, "file_name": "g.jpg", "height": 12, "width": 20}],
         "categories": [{"id": 9, "name": "disc"}, {"id": 4, "name": "star"}],
         "annotations": [
           {"id": 1, "image_id": 5, "category_id": 9, "bbox": [2, 3, 5, 4]},
           {"id": 2, "image_id": 5, "category_id": 9, "bbox": [2, 3, 5, 4]},
           {"id": 3, "image_id": 5, "category_id": 4, "bbox": [2, 3, 0, 4]},
           {"id": 4, "image_id": 3, "category_id": 9, "bbox": [18, 3, 5, 4]},
           {"id": 5, "image_id": 4, "category_id": 7, "bbox": [2, 3, 5, 4]},
           {"id": 6, "image_id": 6, "category_id": 9, "bbox": [2, 3, 5, 4],
            "segmentation": {"size": [13, 20], "counts": [0, 260]}},
           {"id": 7, "image_id": 77, "category_id": 9, "bbox": [2, 3, 5, 4]}]}
        """;
    TestZip zip = new TestZip();
    for (String name :
        new String[] {"a.jpg", "x/b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg", "g.jpg"}) {
      byte[] jpeg = TestImages.jpeg(12, 20, name.charAt(0));
      put("own/images/train/" + name, jpeg);
      zip.stored("scenes/images/train/" + name, jpeg);
    }
    put("own/annotations/train.json", json.getBytes(StandardCharsets.UTF_8));
    zip.stored("scenes/annotations/train.json", json.getBytes(StandardCharsets.UTF_8));
    put("own.zip", zip.bytes());

    for (String input : new String[] {"own", "own.zip"}) {
      ShardManifest manifest = run(DatasetSpec.of("detection", path(input), "train"), "o-" + input);
      assertThat(manifest.kind()).isEqualTo(new SampleKind(ContentKind.IMAGE, TruthKind.OBJECTS));
      assertThat(manifest.classes()).containsExactly("star", "disc");
      assertThat(samples("o-" + input)).containsOnlyKeys("a.jpg", "x/b.jpg", "g.jpg");
      Path out = folder.resolve("o-" + input + "/train");
      assertThat(Files.readAllLines(out.resolve(ShardManifest.REJECTED_FILE)))
          .hasSize(5)
          .anySatisfy(line -> assertThat(line).contains("images/train/c.jpg", "annotation 4"))
          .anySatisfy(line -> assertThat(line).contains("images/train/d.jpg", "annotation 5"))
          .anySatisfy(line -> assertThat(line).contains("images/train/e.jpg", "annotation 6"))
          .anySatisfy(line -> assertThat(line).contains("train/f.jpg", "not in the annotations"))
          .anySatisfy(line -> assertThat(line).contains("annotations/train.json", "77"));
      assertThat(Files.readString(out.resolve(ShardManifest.NOTES_FILE)))
          .contains("1 of 3 annotations have a box without width or height")
          .contains("1 of 3 annotations have class and box of another annotation of their image")
          .contains("the first is annotation 2");
    }
    DatasetSpec absent = DatasetSpec.of("detection", path("own"), "val");
    assertThatThrownBy(() -> run(absent, "o-val"))
        .hasMessageContaining("expected the file annotations/val.json, found none");
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

  private static int colour(RgbImage image, int row, int column) {
    return image.value(row, column, 0) << 16
        | image.value(row, column, 1) << 8
        | image.value(row, column, 2);
  }
}
