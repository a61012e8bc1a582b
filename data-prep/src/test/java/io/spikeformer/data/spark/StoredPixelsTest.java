package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.TestImages;
import io.spikeformer.data.batch.ContentDecoder;
import io.spikeformer.data.batch.DecodedContent;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.image.TestFiles;
import io.spikeformer.data.preview.SamplePainter;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.source.DatasetSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Boxes, masks and label maps follow the stored pixels, whatever EXIF says of the camera. */
class StoredPixelsTest extends PreparationLab {
  private static final int HEIGHT = 12;
  private static final int WIDTH = 20;
  private static final String COCO =
      """
      {"images": [{"id": 1, "file_name": "turned.jpg", "height": 12, "width": 20},
                  {"id": 2, "file_name": "upright.jpg", "height": 12, "width": 20}],
       "categories": [{"id": 90, "name": "dog"}],
       "annotations": [
         {"id": 1, "image_id": 1, "category_id": 90, "iscrowd": 0, "area": 20.0,
          "bbox": [2, 3, 5, 4], "segmentation": [[2, 3, 7, 3, 7, 7, 2, 7]]},
         {"id": 2, "image_id": 2, "category_id": 90, "iscrowd": 0, "area": 20.0,
          "bbox": [2, 3, 5, 4], "segmentation": [[2, 3, 7, 3, 7, 7, 2, 7]]}]}
      """;

  @ParameterizedTest
  @ValueSource(ints = {3, 6})
  void objectsStayOnTheirPixels(int orientation) throws Exception {
    byte[] upright = TestImages.jpeg(HEIGHT, WIDTH, 1);
    put("images/upright.jpg", upright);
    put("images/turned.jpg", TestFiles.withOrientation(upright, orientation));
    put("instances.json", COCO.getBytes(StandardCharsets.UTF_8));

    Map<String, Sample> samples =
        prepared(
            DatasetSpec.of("coco", path("images"), "train")
                .with("annotations", path("instances.json")));

    Sample turned = samples.get("turned.jpg");
    assertThat(turned.content().height()).isEqualTo(HEIGHT);
    assertSame(pixels(turned), new ImageCodec().decode(upright));
    assertThat(new SamplePainter(List.of("a", "b")).draw(turned))
        .isEqualTo(new SamplePainter(List.of("a", "b")).draw(samples.get("upright.jpg")));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 6})
  void labelsStayOnTheirPixels(int orientation) throws Exception {
    byte[] upright = TestImages.jpeg(HEIGHT, WIDTH, 1);
    byte[] labels = new byte[HEIGHT * WIDTH];
    labels[3] = 7;
    put(
        "voc/ImageSets/Segmentation/train.txt",
        "turned\nupright\n".getBytes(StandardCharsets.UTF_8));
    put("voc/JPEGImages/upright.jpg", upright);
    put("voc/JPEGImages/turned.jpg", TestFiles.withOrientation(upright, orientation));
    for (String name : new String[] {"turned", "upright"}) {
      put("voc/SegmentationClass/" + name + ".png", new LabelMap(HEIGHT, WIDTH, labels).encode());
    }

    Map<String, Sample> samples = prepared(DatasetSpec.of("voc2012", path("voc"), "train"));

    Sample turned = samples.get("turned");
    assertSame(pixels(turned), new ImageCodec().decode(upright));
    assertThat(new SamplePainter(List.of("a", "b")).draw(turned))
        .isEqualTo(new SamplePainter(List.of("a", "b")).draw(samples.get("upright")));
  }

  /** Both samples, out of a shard that passes its check. */
  private Map<String, Sample> prepared(DatasetSpec spec) {
    run(PrepareOptions.of(spec, path("out")).withShards(1));
    assertThat(new VerifyJob(spark).run(path("out/train")).problems()).isEmpty();
    Map<String, Sample> samples = new TreeMap<>();
    ShardSet.open(path("out/train"), new Configuration())
        .samples(0)
        .forEach(sample -> samples.put(sample.key(), sample));
    assertThat(samples).hasSize(2);
    return samples;
  }

  private static RgbImage pixels(Sample sample) {
    return ((DecodedContent.Pixels) new ContentDecoder().decode(sample)).image();
  }

  private static void assertSame(RgbImage found, RgbImage expected) {
    assertThat(found.height()).isEqualTo(expected.height());
    assertThat(found.pixels()).isEqualTo(expected.pixels());
  }
}
