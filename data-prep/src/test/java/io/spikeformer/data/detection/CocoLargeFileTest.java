package io.spikeformer.data.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import io.spikeformer.data.order.SeededRandom;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A file as large as train2017's, written while it is read; run it with -Dtest.heap=1g. */
@Tag("slow")
class CocoLargeFileTest {
  private static final int IMAGES = 118_287;
  private static final int ANNOTATIONS = 860_001;
  private static final int CORNERS = 28;

  @Test
  void aFileOfTheSizeOfTrain2017FitsIntoOneGigabyte() {
    long[] bytes = new long[1];
    CocoDataset dataset = CocoDataset.read(() -> open(bytes), "instances.json");

    assertThat(Runtime.getRuntime().maxMemory()).isLessThanOrEqualTo(1L << 30);
    assertThat(bytes[0] / 2).as("bytes of each pass").isGreaterThan(440_000_000L);
    assertThat(dataset.images()).hasSize(IMAGES);
    long objects = 0;
    for (CocoImage image : dataset.images()) {
      objects += dataset.objects(image).size();
    }
    assertThat(objects).isEqualTo(ANNOTATIONS);
  }

  private static InputStream open(long[] bytes) {
    return new SequenceInputStream(
        new Enumeration<>() {
          private int part;

          @Override
          public boolean hasMoreElements() {
            return part <= IMAGES + ANNOTATIONS + 1;
          }

          @Override
          public InputStream nextElement() {
            byte[] text = part(part++).getBytes(StandardCharsets.US_ASCII);
            bytes[0] += text.length;
            return new ByteArrayInputStream(text);
          }
        });
  }

  private static String part(int part) {
    if (part == 0) {
      return "{\"info\": {}, \"images\": [";
    }
    if (part <= IMAGES) {
      return image(part) + (part == IMAGES ? "], \"annotations\": [" : ", ");
    }
    int annotation = part - IMAGES;
    if (annotation <= ANNOTATIONS) {
      return annotation(annotation) + (annotation == ANNOTATIONS ? "" : ", ");
    }
    return "], \"categories\": [{\"id\": 1, \"name\": \"a\"}]}";
  }

  private static String image(int id) {
    return Text.format(
        "{\"license\": 3, \"file_name\": \"%012d.jpg\", \"height\": 480, \"width\": 640, \"id\":"
            + " %d}",
        id, id);
  }

  private static String annotation(int id) {
    SeededRandom random = new SeededRandom(id);
    double radius = random.nextDouble(5, 100);
    double x = random.nextDouble(radius, 640 - radius);
    double y = random.nextDouble(radius, 480 - radius);
    StringBuilder polygon = new StringBuilder();
    for (int i = 0; i < CORNERS; i++) {
      double angle = 2 * Math.PI * i / CORNERS;
      double reach = radius * random.nextDouble(0.7, 1);
      append(polygon, x + reach * Math.cos(angle));
      append(polygon.append(", "), y + reach * Math.sin(angle));
      polygon.append(i < CORNERS - 1 ? ", " : "");
    }
    StringBuilder box = new StringBuilder();
    append(box, x - radius);
    append(box.append(", "), y - radius);
    append(box.append(", "), 2 * radius);
    append(box.append(", "), 2 * radius);
    return Text.format(
        "{\"segmentation\": [[%s]], \"area\": 100.5, \"iscrowd\": 0, \"image_id\": %d, \"bbox\":"
            + " [%s], \"category_id\": 1, \"id\": %d}",
        polygon, 1 + random.nextInt(IMAGES), box, id);
  }

  /** Two decimals, as COCO has them; the formatter would take most of the time. */
  private static void append(StringBuilder text, double value) {
    text.append(Math.round(value * 100) / 100.0);
  }
}
