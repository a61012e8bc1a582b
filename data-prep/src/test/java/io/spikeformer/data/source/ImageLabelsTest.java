package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of labels as people write them. */
class ImageLabelsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id,label\np0,a\np1,b\nv.0,a\nv.1,b\n",
        "id,label\np0.png,a\np1.JPG,b\nv.0.png,a\nv.1.jpeg,b\n",
        "\uFEFFid,label\r\np0.png,a\r\np1.png,b\r\nv.0.png,a\r\nv.1.png,b\r\n\r\n",
        "\"id\",\"label\"\n\"p0\",\"a\"\n\"p1\",\"b\"\n\"v.0\",\"a\"\n\"v.1\",\"b\"",
        "p0,a\np1,b\nv.0.png,a\nv.1.png,b\n",
        "p0.png,a\np1.png,b\nv.0.png,a\nv.1.png,b",
        "image_id,breed,fold\nval/p0.png, a ,1\nval/p1.png,b\u00a0,1\nval\\v.0.png,a,2\nv.1,b,2,\n,,\n",
      })
  void imagesAreLabelledByTheirNamesWithOrWithoutAnEnding(String csv) throws IOException {
    ImageLabels labels = read(csv);
    TreeMap<String, String> found = new TreeMap<>();
    for (String file :
        new String[] {"p0.png", "p1.png", "v.0.png", "v.1.png", "v.png", "v.2.png"}) {
      labels.classOf(file).ifPresent(className -> found.put(file, className));
    }
    assertThat(found)
        .containsOnly(
            Map.entry("p0.png", "a"),
            Map.entry("p1.png", "b"),
            Map.entry("v.0.png", "a"),
            Map.entry("v.1.png", "b"));
    assertThat(labels.classes()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id",
        "image",
        "Image_ID",
        "ImageId",
        "file_name",
        "filename",
        "fname",
        "id_code",
        "uuid",
        "image_name",
        "path",
        "Image Path",
      })
  void firstColumnsThatAreCalledLikeNamesAreHeadings(String name) throws IOException {
    ImageLabels labels = read(name + ",whatever\nx0,cat\nx1,dog\n");
    assertThat(labels.classes()).containsExactly("cat", "dog");
  }

  @Test
  void theAdviceOnAMissingHeadingWorks() throws IOException {
    String csv = "x0,cat\nx1,dog\n";
    assertFault(
        csv,
        "labels: expected a heading such as image,class, found 'x0,cat', which may be one or a"
            + " label, in");
    assertFault(csv, "labels.csv line 1; write image,class in its place or in a line above it");
    assertThat(read("image,class\n" + csv).classes()).containsExactly("cat", "dog");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          id,label\\na.jpg\\n                   | damaged labels: expected image,class, found 'a.jpg' in
          id,label\\na;cat\\n                   | damaged labels: expected image,class, found 'a;cat' in
          id,label\\na.jpg,\\n                  | damaged labels: expected image,class, found 'a.jpg,' in
          id,label\\n,cat\\n                    | damaged labels: expected image,class, found ',cat' in
          id,label\\na,x/y\\n                   | damaged labels: expected image,class, found 'a,x/y' in
          id,label\\na,"x\\ny"\\n               | damaged labels: expected image,class, found 'a,xU+000Ay' in
          ,id,label\\n0,a,cat\\n1,b,dog\\n      | labels: expected a heading such as image,class, found ',id,label', which may
          id,label\\na,cat\\nA,cat\\na.png,dog\\n | damaged labels: expected one class for a.png, cat, found 'dog' in
          id,label\\na,big cat\\nb,big\u00a0cat\\n | damaged labels: expected one way to write a class that looks the same, big cat, found 'bigU+00A0cat' in
          id,label\\na,caf\u00e9\\nb,cafe\u0301\\n | damaged labels: expected one way to write a class that looks the same, cafU+00E9, found 'cafeU+0301' in
          id,label\\na,\u200bcat\\n            | text: expected characters that can be seen, found U+200B (ZERO WIDTH SPACE) in
          id,label\\na,"cat\\n                  | damaged CSV: expected quotes around a whole field
          id,label\\n                          | damaged labels: expected lines image,class behind a heading, found none in
          """)
  void aDamagedTableIsOneLine(String csv, String message) throws IOException {
    assertFault(csv.replace("\\n", "\n"), message);
  }

  private void assertFault(String csv, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("labels.csv"), csv);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  private ImageLabels read(String csv) throws IOException {
    return read(Files.writeString(folder.resolve("labels.csv"), csv));
  }

  private static ImageLabels read(Path file) {
    return ImageLabels.read(
        new Storage(new Configuration()), new org.apache.hadoop.fs.Path(file.toUri()));
  }
}
