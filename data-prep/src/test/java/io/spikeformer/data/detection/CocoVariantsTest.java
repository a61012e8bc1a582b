package io.spikeformer.data.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Annotation files as tools write them that are not COCO's own. */
class CocoVariantsTest {
  private static final Rect BOX = new Rect(1, 1, 2, 3);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"segmentation\": [],",
        "\"segmentation\": [[]],",
        "\"segmentation\": [[], []],",
        "\"segmentation\": null,",
      })
  void aBoxWithoutAMaskIsAnObject(String segmentation) {
    CocoDataset dataset = readOne(Text.format("{%s %s}", segmentation, fields("12.5")));

    assertThat(dataset.rejected()).isEmpty();
    assertThat(objects(dataset))
        .containsExactly(
            new DetectedObject(5, 2, ObjectKind.INSTANCE, BOX, 12.5, Optional.empty()));
    assertThat(dataset.notes())
        .containsExactly(
            note(
                "1 of 1 annotations have no mask (segmentation is missing or empty): they are boxes"
                    + " alone; the first is annotation 5"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"area\": null,", "\"area\": null, \"segmentation\": [],"})
  void anAreaThatIsMissingIsThatOfTheBox(String area) {
    CocoDataset dataset =
        readOne(
            Text.format(
                """
            {%s "id": 5, "image_id": 7, "category_id": 90, "bbox": [0.5, 1, 2.5, 3]}
            """,
                area));

    assertThat(objects(dataset)).extracting(DetectedObject::area).containsExactly(7.5);
    assertThat(dataset.notes())
        .contains(
            note(
                "1 of 1 annotations have no area: the box's width x height is taken; the first is"
                    + " annotation 5"));
  }

  @Test
  void anAreaThatIsMissingBesideAMaskIsThatOfTheBoxToo() {
    CocoDataset dataset =
        readOne(TestCoco.PARTS.replace("\"area\": 20.5", "\"score\": NaN, \"area\": null"));

    DetectedObject object = dataset.objects(dataset.images().get(1)).get(0);
    assertThat(object.area()).isEqualTo(80);
    assertThat(object.mask().orElseThrow().area()).isEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource({"true, CROWD", "false, INSTANCE", "1.0, CROWD", "0, INSTANCE", "null, INSTANCE"})
  void aCrowdIsTrueOrOne(String crowd, ObjectKind kind) {
    CocoDataset dataset = readOne(Text.format("{\"iscrowd\": %s, %s}", crowd, fields("6")));

    assertThat(objects(dataset)).extracting(DetectedObject::kind).containsExactly(kind);
  }

  @Test
  void wholeNumbersMayBeWrittenAsFloats() {
    String annotations =
        """
        [{"id": 5.0, "image_id": 7.0, "category_id": 9e1, "iscrowd": 1.0, "area": 4,
          "bbox": [1, 1, 2, 2], "segmentation": {"counts": [5.0, 2.0, 2, 2, 9], "size": [4.0, 5]}}]
        """;
    String images = TestCoco.IMAGES.replace("\"height\": 4, \"width\": 5, \"id\": 7", "%s");
    CocoDataset dataset =
        TestCoco.read(
            TestCoco.file(
                String.format(Locale.ROOT, images, "\"height\": 4.0, \"width\": 5.0, \"id\": 7.00"),
                annotations,
                TestCoco.CATEGORIES.replace("90", "90.0")));

    assertThat(objects(dataset))
        .containsExactly(
            new DetectedObject(
                5,
                2,
                ObjectKind.CROWD,
                new Rect(1, 1, 2, 2),
                4,
                Rle.ofCounts(4, 5, 5, 2, 2, 2, 9)));
  }

  /** The field's text in an annotation of every kind of value, what stands there, what is said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[1, 1, 2, 3]  | [NaN, 1, 2, 3]     | the x of bbox, a finite number, found NaN",
        "[1, 1, 2, 3]  | [1, -Infinity, 2]  | the y of bbox, a finite number, found -Infinity",
        "[1, 1, 2, 3]  | [1, 1, 1e999, 3]   | the width of bbox, a finite number, found 1e999",
        "[1, 1, 2, 3]  | [1, 1, 2, '3']     | the height of bbox, a finite number, found the text",
        "[1, 1, 2, 3]  | [1, 1, 2, null]    | the height of bbox, a finite number, found null",
        "[1, 1, 2, 3]  | [1, 1, 2]          | the height of bbox, a finite number, found the end",
        "[1, 1, 2, 3]  | [1, 1, 2, 3, 4]    | the end of bbox after 4 numbers, found 4",
        "[1, 1, 2, 3]  | []                 | the x of bbox, a finite number, found the end of",
        "[1, 1, 2, 3]  | {'x': [1]}         | bbox, an array of x, y, width and height, found an",
        "'area': 6.0   | 'area': Infinity   | an area, a finite number, found Infinity",
        "'area': 6.0   | 'area': '6'        | an area, a finite number, found the text '6'",
        "'id': 5       | 'id': NaN          | an annotation's id, a whole number, found NaN",
        "'id': 5       | 'id': 'five'       | an annotation's id, a whole number, found the text",
        "'id': 5       | 'id': 5.5          | an annotation's id, a whole number, found 5.5",
        "'id': 5       | 'id': 1e-999999999 | an annotation's id, a whole number, found 1e-99",
        "'id': 5       | 'id': 1e999999999  | a whole number of 64 bits, found 1e999999999",
        "'id': 5       | 'id': 99999999999999999999 | id, a whole number of 64 bits, found 9999",
        "'_id': 90     | '_id': '90'        | category_id, a whole number, found the text '90'",
        "'_id': 90     | '_id': [9, [8]]    | category_id, a whole number, found an array",
        "'crowd': 0    | 'crowd': 'no'      | iscrowd, 0, 1, true or false, a whole number, found",
        "'crowd': 0    | 'crowd': NaN       | iscrowd, 0, 1, true or false, a whole number, found",
        "[[1.0, 1,     | [[NaN, 1,          | a coordinate of segmentation, a finite number, found",
        "[[1.0, 1,     | [[1e999, 1,        | a coordinate of segmentation, a finite number, found",
        "[[1.0, 1,     | [[[1, 1],          | a coordinate of segmentation, a finite number, found",
        "[[1.0, 1,     | [3, [1,            | a polygon of segmentation, an array, or the end of",
        "[[1.0, 1,     | [[1.0, 1, 1,       | at least 3 corners, x and y of each, found 9 numbers",
        "[[1.0, 1, 3, 1, 3, 4, 1, 4]] | [[1, 1, 2, 3]] | at least 3 corners, x and y of each, found 4",
        "[[1.0, 1, 3, 1, 3, 4, 1, 4]] | {'size': [4, 5]} | with counts and a size of 2 numbers",
        "[[1.0, 1, 3, 1, 3, 4, 1, 4]] | {'size': [4], 'counts': []} | a size of 2 numbers, found",
        "[[1.0, 1, 3, 1, 3, 4, 1, 4]] | {'size': [4, 5], 'counts': [NaN]} | a run of segmentation, a",
        "[[1.0, 1, 3, 1, 3, 4, 1, 4]] | {'size': [4, 5], 'counts': [5.5]} | a run of segmentation, a",
        "[[1.0, 1, 3, 1, 3, 4, 1, 4]] | {'size': [4, 5], 'counts': [5e10]} | of segmentation of 32",
        "[[1.0, 1, 3, 1, 3, 4, 1, 4]] | 'none' | segmentation: an array of polygons, or an object",
        "[1, 1, 2, 3]  | [1, 1, -2, 3]      | expected finite numbers and a size >= 0, found",
        "[1, 1, 2, 3]  | [1, 1, 9, 3]       | expected a box inside a.jpg, 4 x 5 pixels",
      })
  void aWrongValueRejectsItsImageAndNamesAnnotationAndField(
      String field, String value, String reason) {
    String sound =
        """
        {'id': 5, 'image_id': 7, 'crowd': 0, '_id': 90, 'area': 6.0, 'bbox': [1, 1, 2, 3],
         'segmentation': [[1.0, 1, 3, 1, 3, 4, 1, 4]], 'other': {'id': [NaN]}}""";
    assertThat(sound).contains(field);
    String wrong = json(sound.replace(field, value));
    // and another order of the fields, in which the id comes last
    String idLast = wrong.replaceFirst("\"id\": ([^,]*),(.*)}$", "$2, \"id\": $1}");

    CocoDataset dataset = TestCoco.readWith(wrong);

    assertThat(dataset.images()).extracting(CocoImage::fileName).doesNotContain("a.jpg");
    assertThat(dataset.rejected()).extracting(Rejection::path).containsExactly("a.jpg");
    String name = field.startsWith("'id'") ? "annotation without an id: " : "annotation 5: ";
    assertThat(dataset.rejected().get(0).reason())
        .startsWith("instances.json, line 8, byte ")
        .contains(name)
        .contains(reason)
        .doesNotContain("\n", "JsonReadFeature");
    assertThat(TestCoco.readWith(idLast).rejected().get(0).reason()).contains(name);
    // the rest of the file is read all the same
    assertThat(dataset.images()).hasSize(2);
  }

  private static String json(String text) {
    return text.replace("'crowd'", "\"iscrowd\"")
        .replace("'_id'", "\"category_id\"")
        .replace('\'', '"');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'7'  | annotation 5: expected an annotation's image_id, a whole number, found the text '7'",
        "NaN  | annotation 5: expected an annotation's image_id, a whole number, found NaN",
        "7.5  | annotation 5: expected an annotation's image_id, a whole number, found 7.5",
        "null | annotation 5: expected an annotation's image_id, a whole number, found null",
      })
  void anAnnotationThatNamesNoImageEndsTheReading(String image, String reason) {
    String annotation = fields("6").replace("\"image_id\": 7", "\"image_id\": " + image);

    assertThatThrownBy(() -> readOne(json("{" + annotation + "}")))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("instances.json, line ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'height': 4     | 'height': NaN     | image 7: expected an image's height, a whole number",
        "'height': 4     | 'height': 1e999   | image 7: expected an image's height, a whole number of",
        "'height': 4     | 'height': 4.5     | image 7: expected an image's height, a whole number",
        "'width': 5      | 'width': '5'      | image 7: expected an image's width, a whole number",
        "'id': 7         | 'id': '7'         | image without an id: expected an image's id, a whole",
        "'a.jpg'         | 3                 | image 7: expected an image's file_name, a text, found",
        "'id': 90        | 'id': '90'        | category without an id: expected a category's id, a",
        "'name': 'cat'   | 'name': NaN       | category 90: expected a category's name, a text",
      })
  void aWrongValueOfAnImageOrACategoryIsNamed(String field, String value, String reason) {
    String file = TestCoco.whole();
    assertThat(file).contains(field.replace('\'', '"'));
    String wrong = file.replaceFirst(field.replace('\'', '"'), value.replace('\'', '"'));

    assertThatThrownBy(() -> TestCoco.read(wrong))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("instances.json, line ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "nan  | expected a value of JSON, numbers finite, found nan",
        "inf  | expected a value of JSON, numbers finite, found inf",
        "None | expected a value of JSON, numbers finite, found None",
        "-nan | Unexpected character 'n' in numeric value",
        "+1   | Unexpected character '+' in numeric value",
        ".5   | Unexpected character '.': expected a valid value",
        "01   | Invalid numeric value: Leading zeroes not allowed",
        "}    | Unexpected character '}': expected a value",
      })
  void damagedJsonIsNamedWithAnnotationAndField(String value, String reason) {
    String annotation = "{" + fields("6").replace("[1, 1, 2, 3]", "[1, " + value + ", 2, 3]") + "}";

    assertThatThrownBy(() -> readOne(annotation))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "damaged JSON in instances.json, line 6, byte \\d+ \\(annotation 5,"
                + " /annotations/0/bbox/1\\): .*; correct it there, or write the file again")
        .hasMessageContaining(reason)
        .message()
        .doesNotContain("\n", "Feature", "enable", "Source");
  }

  @Test
  void aNumberOfTooManyDigitsIsDamage() {
    assertThatThrownBy(() -> readOne("{" + fields("1".repeat(2000)) + "}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "(annotation 5, /annotations/0/area): expected numbers of at most 1000");
  }

  @Test
  void idsThatAreThereTwiceAreKeptAndSaid() {
    String other = TestCoco.PARTS.replace("\"id\": 101", "\"id\": 102");
    CocoDataset dataset =
        TestCoco.read(
            TestCoco.file(
                TestCoco.IMAGES,
                TestCoco.annotations(TestCoco.RUNS, other, TestCoco.RUNS),
                TestCoco.CATEGORIES));

    assertThat(dataset.images()).hasSize(3);
    assertThat(objects(dataset)).hasSize(2);
    assertThat(dataset.notes())
        .containsExactly(
            note(
                "1 annotation ids are not unique: 102 (a.jpg, a.jpg, b.jpg); every annotation is"
                    + " kept"));
  }

  @Test
  void boxesWithoutWidthOrHeightAreKeptAndSaid() {
    CocoDataset dataset = readOne("{" + fields("6").replace("[1, 1, 2, 3]", "[1, 1, 2, 0]") + "}");

    assertThat(objects(dataset)).hasSize(1);
    assertThat(dataset.notes())
        .contains(
            note(
                "1 of 1 annotations have a box without width or height: they are kept as stated; the"
                    + " first is annotation 5"));
  }

  @Test
  void nothingIsNotedOfAFileAsCocoWritesIt() {
    assertThat(TestCoco.read(TestCoco.whole()).notes()).isEmpty();
  }

  private static Note note(String text) {
    return new Note("instances.json", text);
  }

  private static String fields(String area) {
    return Text.format(
        """
    "id": 5, "image_id": 7, "category_id": 90, "bbox": [1, 1, 2, 3], "area": %s""",
        area);
  }

  private static CocoDataset readOne(String annotation) {
    return TestCoco.read(
        TestCoco.file(TestCoco.IMAGES, TestCoco.annotations(annotation), TestCoco.CATEGORIES));
  }

  private static List<DetectedObject> objects(CocoDataset dataset) {
    return dataset.objects(dataset.images().get(0));
  }
}
