package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A small annotation file with every kind of mask, and with one part replaced if asked. */
final class TestCoco {
  static final String IMAGES =
      """
      [{"license": 3, "file_name": "a.jpg", "height": 4, "width": 5, "id": 7},
       {"file_name": "b.jpg", "height": 10, "width": 8, "id": 3, "date": {"x": [1, {}]}},
       {"file_name": "none.jpg", "height": 2, "width": 2, "id": 9}]""";

  static final String CATEGORIES =
      """
      [{"supercategory": "animal", "id": 90, "name": "cat"}, {"id": 2, "name": "dog"},
       {"id": 13, "name": "bird"}]""";

  /** A rectangle of columns 1 to 2 and rows 1 to 3 as a polygon. */
  static final String POLYGON =
      """
      {"segmentation": [[1.0, 1.0, 3.0, 1, 3.0, 4.0, 1, 4]], "area": 6.0, "iscrowd": 0,
       "image_id": 7, "bbox": [1, 1, 2, 3], "category_id": 90, "id": 100}""";

  /** Two outlines. */
  static final String PARTS =
      """
      {"segmentation": [[0, 0, 2, 0, 2, 2, 0, 2], [4, 6, 8, 6, 8, 10, 4, 10]], "area": 20.5,
       "iscrowd": 0, "image_id": 3, "bbox": [0, 0, 8, 10], "category_id": 2, "id": 101}""";

  /** Runs as numbers, as COCO writes crowds: counts before size. */
  static final String RUNS =
      """
      {"segmentation": {"counts": [5, 2, 2, 2, 9], "size": [4, 5]}, "area": 4, "iscrowd": 1,
       "image_id": 7, "bbox": [1, 1, 2, 2], "category_id": 13, "id": 102}""";

  /** The same runs as text. */
  static final String TEXT =
      """
      {"id": 103, "category_id": 13, "iscrowd": 1, "image_id": 7, "bbox": [1, 1, 2, 2],
       "area": 4, "segmentation": {"size": [4, 5], "counts": "5220 7"}}"""
          .replace("5220 7", Rle.ofCounts(4, 5, 5, 2, 2, 2, 9).compressed());

  private TestCoco() {}

  static String annotations(String... annotations) {
    return "[" + String.join(",\n ", annotations) + "]";
  }

  static String file(String images, String annotations, String categories) {
    return Text.format(
        """
    {"info": {"year": 2017, "nested": [[1], {"a": null}]},
    "licenses": [],
    "images": %s,
    "annotations": %s,
    "categories": %s}
    """,
        images, annotations, categories);
  }

  static String whole() {
    return file(IMAGES, annotations(POLYGON, PARTS, RUNS, TEXT), CATEGORIES);
  }

  static CocoDataset read(String json) {
    return CocoDataset.read(() -> stream(json), "instances.json");
  }

  static CocoDataset readWith(String annotation) {
    return read(file(IMAGES, annotations(POLYGON, annotation), CATEGORIES));
  }

  static InputStream stream(String json) {
    return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
  }
}
