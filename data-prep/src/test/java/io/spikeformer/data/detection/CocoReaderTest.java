package io.spikeformer.data.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.data.sample.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CocoReaderTest {
  @Test
  void readsEveryKindOfMask() {
    CocoDataset dataset = TestCoco.read(TestCoco.whole());
    Rle runs = Rle.ofCounts(4, 5, 5, 2, 2, 2, 9);
    Rle rectangle = Rle.ofCounts(4, 5, 5, 3, 1, 3, 8);

    assertThat(dataset.rejected()).isEmpty();
    assertThat(dataset.classes()).containsExactly("dog", "bird", "cat");
    assertThat(dataset.objects(dataset.images().get(0)))
        .containsExactly(
            new DetectedObject(100, 2, ObjectKind.INSTANCE, new Rect(1, 1, 2, 3), 6, rectangle),
            new DetectedObject(102, 1, ObjectKind.CROWD, new Rect(1, 1, 2, 2), 4, runs),
            new DetectedObject(103, 1, ObjectKind.CROWD, new Rect(1, 1, 2, 2), 4, runs));
    List<DetectedObject> parts = dataset.objects(dataset.images().get(1));
    assertThat(parts).hasSize(1);
    assertThat(parts.get(0).area()).isEqualTo(20.5);
    assertThat(parts.get(0).mask().orElseThrow().area()).isEqualTo(4 + 16);
  }

  @Test
  void keepsImagesWithoutAnnotations() {
    CocoDataset dataset = TestCoco.read(TestCoco.whole());

    assertThat(dataset.images())
        .extracting(CocoImage::fileName)
        .containsExactly("a.jpg", "b.jpg", "none.jpg");
    assertThat(dataset.objects(dataset.images().get(2))).isEmpty();
  }

  @Test
  void theOrderOfThePartsDoesNotMatter() {
    String json =
        Text.format(
            "{\"annotations\": %s, \"categories\": %s, \"images\": %s}",
            TestCoco.annotations(TestCoco.RUNS), TestCoco.CATEGORIES, TestCoco.IMAGES);

    assertThat(TestCoco.read(json).objects(new CocoImage(7, "a.jpg", 4, 5))).hasSize(1);
  }

  @Test
  void aBoxWithoutHeightSurvives() {
    // two annotations of train2017 are like this
    CocoDataset dataset =
        TestCoco.readWith(
            """
            {"segmentation": [[0.65,2.33,0.65,2.33,1.68,2.33,1.68,2.33]], "area": 0.0,
             "iscrowd": 0, "image_id": 7, "bbox": [0.65,2.33,1.03,0.0], "category_id": 2, "id": 1}
            """);

    assertThat(dataset.rejected()).isEmpty();
    assertThat(dataset.objects(dataset.images().get(0)).get(1).mask().orElseThrow().area())
        .isZero();
  }

  @Test
  void anImageWithAFaultyAnnotationIsRejectedWithItsReason() {
    assertFault(
        TestCoco.RUNS.replace("\"category_id\": 13", "\"category_id\": 12"),
        "a.jpg",
        "annotation 102: expected one of 3 categories, found category_id 12");
    assertFault(
        TestCoco.RUNS.replace("[1, 1, 2, 2]", "[3.5, 1, 2.6, 2]"),
        "a.jpg",
        "expected a box inside a.jpg, 4 x 5 pixels (height x width), found x 3.5, y 1.0, width 2.6,"
            + " height 2.0");
    assertFault(
        TestCoco.RUNS.replace("[1, 1, 2, 2]", "[1, 1, -2, 2]"), "a.jpg", "expected finite numbers");
    assertFault(
        TestCoco.RUNS.replace("[5, 2, 2, 2, 9]", "[5, 2, 2, 2]"),
        "a.jpg",
        "runs of a mask: expected a sum of 4 x 5 = 20 pixels, found 11");
    assertFault(
        TestCoco.RUNS.replace("\"size\": [4, 5]", "\"size\": [5, 4]"),
        "a.jpg",
        "mask of another size than its image: expected 4 x 5 pixels (height x width), found 5 x 4");
    assertFault(
        TestCoco.TEXT.replaceFirst("\"counts\": \"..", "\"counts\": \"!!"),
        "a.jpg",
        "compressed mask: expected '0' to 'o'");
    assertFault(
        TestCoco.RUNS.replace("\"iscrowd\": 1", "\"iscrowd\": 2"), "a.jpg", "iscrowd 0 or 1");
    assertFault(TestCoco.POLYGON.replace("[[1.0, ", "[["), "a.jpg", "found 7 numbers");
    assertFault(TestCoco.POLYGON.replace("6.0", "-6.0"), "a.jpg", "an area >= 0");
  }

  @Test
  void anAnnotationOfNoImageIsRejectedUnderTheFilesName() {
    CocoDataset dataset =
        TestCoco.readWith(TestCoco.RUNS.replace("\"image_id\": 7", "\"image_id\": 8"));

    assertThat(dataset.images()).hasSize(3);
    assertThat(dataset.rejected()).hasSize(1);
    assertThat(dataset.rejected().get(0).path()).isEqualTo("instances.json");
    assertThat(dataset.rejected().get(0).reason())
        .startsWith("instances.json, line 8, byte ")
        .endsWith("annotation 102: expected one of 3 images, found image_id 8");
  }

  @Test
  void anotherStructureIsRefusedWithItsPlace() {
    assertRefused("", "instances.json, line 1, byte 0: expected an object with images");
    assertRefused(
        "[]", "expected an object with images, annotations and categories, found an array");
    assertRefused("{}", "found only []");
    assertRefused(TestCoco.whole() + "{}", "expected the end of the file, found an object");
    assertRefused(
        TestCoco.file("{}", "[]", "[]"),
        "instances.json, line 3, byte 81: expected the array of images, found an object");
    assertRefused(
        TestCoco.file("[3]", "[]", "[]"), "expected an object in the array of images, found 3");
    assertRefused(
        TestCoco.file(TestCoco.IMAGES.replace("\"id\": 7", "\"id\": \"7\""), "[]", "[]"),
        "expected an image's id, a whole number, found the text '7'");
    assertRefused(
        TestCoco.file(TestCoco.IMAGES.replace("\"id\": 7", "\"id\": 3"), "[]", "[]"),
        "expected different ids and file names of images, found image 3, b.jpg, twice");
    assertRefused(
        TestCoco.file(TestCoco.IMAGES.replace("b.jpg", "a.jpg"), "[]", "[]"), "a.jpg, twice");
    assertRefused(
        TestCoco.file(TestCoco.IMAGES.replace("b.jpg", "x/../../b.jpg"), "[]", "[]"),
        "expected the path of a file below the folder of images, found 'x/../../b.jpg'");
    assertRefused(
        TestCoco.file(
            TestCoco.IMAGES.replace("\"width\": 8", "\"width\": 99999999999"), "[]", "[]"),
        "image 3: expected 1 to 16384 pixels a side");
    assertRefused(
        TestCoco.file("[]", "[]", TestCoco.CATEGORIES.replace("13", "2")),
        "categories with different ids, found 2 again");
    assertRefused(
        TestCoco.file("[]", "[]", TestCoco.CATEGORIES.replace("cat", "dog")),
        "different names of categories");
    assertRefused(
        TestCoco.file("[], \"images\": []", "[]", "[]"),
        "expected one array of images, found a second");
    assertRefused(
        TestCoco.file(TestCoco.IMAGES, "[{\"id\": 5, \"area\": 1}]", "[]"),
        "instances.json, line 6, byte 317, annotation 5: expected an annotation with image_id,"
            + " category_id, bbox, found one without");
    assertRefused("{\"a\": " + "[".repeat(100), "damaged JSON in instances.json, line 1");
  }

  @Test
  void aFileThatEndsEarlyIsRefusedWherever() {
    byte[] whole = TestCoco.whole().strip().getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < whole.length; length += 3) {
      String cut = new String(whole, 0, length, StandardCharsets.UTF_8);
      assertThatThrownBy(() -> TestCoco.read(cut))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("instances.json")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void mutatedFilesAreReadOrRefusedButNeverCrashTheReader() {
    byte[] whole = TestCoco.whole().getBytes(StandardCharsets.UTF_8);
    byte[] digits = "0123456789-.eE[]{},:\"ntf \\u".getBytes(StandardCharsets.UTF_8);
    SeededRandom random = new SeededRandom(20);
    int refused = 0;
    for (int trial = 0; trial < 2000; trial++) {
      byte[] mutated = whole.clone();
      int changes = 1 + random.nextInt(4);
      for (int change = 0; change < changes; change++) {
        int at = random.nextInt(mutated.length);
        mutated[at] =
            random.nextInt(4) == 0
                ? (byte) random.nextInt(256)
                : digits[random.nextInt(digits.length)];
      }
      try {
        CocoDataset dataset = TestCoco.read(new String(mutated, StandardCharsets.ISO_8859_1));
        dataset.images().forEach(dataset::objects);
      } catch (UserException expected) {
        assertThat(expected.getMessage()).contains("instances.json").doesNotContain("\n");
        refused++;
      }
    }
    assertThat(refused).isBetween(1000, 1999);
  }

  private static void assertFault(String annotation, String path, String reason) {
    CocoDataset dataset = TestCoco.readWith(annotation);
    assertThat(dataset.images()).extracting(CocoImage::fileName).doesNotContain(path);
    assertThat(dataset.rejected()).extracting(Rejection::path).containsExactly(path);
    assertThat(dataset.rejected().get(0).reason())
        .startsWith("instances.json, line 8, byte ")
        .contains(reason);
  }

  private static void assertRefused(String json, String reason) {
    assertThatThrownBy(() -> TestCoco.read(json))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("instances.json")
        .hasMessageContaining(reason);
  }
}
