package io.spikeformer.data.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Rect;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CocoResultsTest {
  private static final CocoIndex INDEX =
      CocoReader.index(TestCoco.stream(TestCoco.whole()), "instances.json");

  private static final String BOX =
      "{\"image_id\": 7, \"category_id\": 90, \"bbox\": [1, 1, 2.5, 0], \"score\": 0.5}";

  private static final String TEXT = Rle.ofCounts(4, 5, 5, 2, 13).compressed();

  private static final String MASK =
      "{\"image_id\": 7, \"category_id\": 2, \"score\": 1, \"segmentation\":"
          + " {\"size\": [4, 5], \"counts\": \""
          + TEXT
          + "\"}}";

  /** A result and its image's id. */
  private record Found(long image, Detection detection) {}

  @Test
  void boxesAndMasksOfEveryFormAreRead() {
    List<Found> found = new ArrayList<>();
    String runs = MASK.replace('"' + TEXT + '"', "[5, 2, 13]");
    String polygon =
        "{\"segmentation\": [[0, 0, 2, 0, 2, 2, 0, 2]], \"bbox\": [], \"id\": 3, \"score\": -2,"
            + " \"image_id\": 3.0, \"category_id\": 13}";
    assertThat(read("[" + MASK + "," + runs + ", " + polygon + "]", Set.of(), found))
        .containsExactly(IouType.MASK);
    assertThat(found.get(0)).isEqualTo(found.get(1));
    assertThat(found.get(0).detection().label()).isZero();
    assertThat(IouType.MASK.area(found.get(0).detection())).isEqualTo(2);
    assertThat(found.get(2).image()).isEqualTo(3);
    assertThat(found.get(2).detection().mask().orElseThrow().area()).isEqualTo(4);

    found.clear();
    assertThat(read("[" + BOX + "]", Set.of(), found)).containsExactly(IouType.BOX);
    assertThat(found.get(0).detection().box()).contains(new Rect(1, 1, 2.5, 0));
    assertThat(found.get(0).detection().label()).isEqualTo(2);
    assertThat(read("[]", Set.of(), found)).isEmpty();
    assertThat(read("[]", Set.of(IouType.MASK), found)).containsExactly(IouType.MASK);
  }

  @Test
  void aPartThatIsNotWantedIsPassedOver() {
    List<Found> found = new ArrayList<>();
    String both =
        MASK.replace("[4, 5]", "[9, 9]").replace("\"score\"", "\"bbox\": [0, 0, 1, 1], \"score\"");
    assertThat(read("[" + both + "]", Set.of(IouType.BOX), found)).containsExactly(IouType.BOX);
    assertThat(found.get(0).detection().mask()).isEmpty();
    assertThatThrownBy(() -> read("[" + BOX + "]", Set.of(IouType.MASK), found))
        .hasMessage(
            "results.json, line 1, byte 1, result 1: expected segmentation, to score by segm, found"
                + " none; --type chooses");
  }

  @Test
  void theBytesOfDetectionsGiveThemBack() {
    List<Found> found = new ArrayList<>();
    String both = MASK.replace("\"score\"", "\"bbox\": [0, 0, 1, 1], \"score\"");
    read("[" + both + "]", Set.of(), found);
    read("[" + MASK + "]", Set.of(), found);
    read("[" + BOX + "]", Set.of(), found);
    List<Detection> detections = new ArrayList<>();
    DetectionBytes bytes = new DetectionBytes();
    for (int i = 0; i < 99; i++) {
      detections.add(found.get(i % 3).detection());
      bytes.add(found.get(i % 3).detection());
    }
    assertThat(DetectionBytes.decode(bytes.bytes(), 4, 5)).isEqualTo(detections);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"image_id\": 7 | \"image_id\": 8 | expected one of 3 images, found image_id 8",
        "\"category_id\": 90 | \"category_id\": 1 | expected one of 3 categories, found category_id 1",
        "\"score\": 0.5 | \"points\": 1 | expected score, found none",
        "\"score\": 0.5 | \"score\": NaN | expected a score, a finite number, found NaN",
        "\"score\": 0.5 | \"score\": 1e999 | expected a score, a finite number, found 1e999",
        "\"score\": 0.5 | \"score\": \"1\" | expected a score, a finite number, found the text '1'",
        "1, 2.5, 0] | 1, -2.5, 0] | rectangle: expected finite numbers and a size >= 0, found x 1.0, y 1.0, -2.5 x 0.0",
        "1, 2.5, 0] | 1, 2.5] | expected the height of bbox, a finite number, found the end of the array",
        "\"bbox\": [1, 1, 2.5, 0] | \"box\": 1 | expected bbox, to score by bbox, found none; --type chooses",
        "\"image_id\": 7, | `` | expected image_id, found none",
      })
  void aFaultIsOneLineWithItsPlace(String part, String wrong, String message) {
    String second = BOX.replace(part, wrong);
    assertThat(second).isNotEqualTo(BOX);
    assertThatThrownBy(() -> read("[" + BOX + ",\n" + second + "]", Set.of(), new ArrayList<>()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "results.json, line 2, byte %s, result 2: %s".formatted(BOX.length() + 3, message));
  }

  @Test
  void aMaskOfAnotherSizeOrDamagedIsRefused() {
    assertFails(
        "[" + MASK.replace("[4, 5]", "[5, 4]") + "]",
        "results.json, line 1, byte 1, result 1: mask of another size than its image: expected 4 x 5"
            + " pixels (height x width), found 5 x 4");
    assertFails(
        "[" + MASK.replace('"' + TEXT + '"', "[5, 2]") + "]",
        "results.json, line 1, byte 1, result 1: runs of a mask: expected a sum of 4 x 5 = 20"
            + " pixels, found 7");
  }

  @Test
  void damagedJsonIsRefusedWithItsPlace() {
    assertFails(
        "[" + BOX + ", {\"image_id\": 7, \"score\" 1}]",
        "damaged JSON in results.json, line 1, byte 91 (result 2, /1/score): ");
    assertThatThrownBy(() -> read("[" + BOX, Set.of(), new ArrayList<>()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("damaged JSON in results.json, line 1, byte ")
        .hasMessageEndingWith("; the file ends too early: copy or write it again");
    assertFails(
        "{\"annotations\": []}", "results.json, line 1, byte 0: expected an array of results");
    assertFails("[1]", "results.json, line 1, byte 1: expected a result, an object, found 1");
    assertFails("[] []", "results.json, line 1, byte 3: expected the end of the file after the");
    assertFails(
        "",
        "results.json, line 1, byte 0: expected an array of results, found the end of the file; give"
            + " a whole one");
  }

  private static void assertFails(String json, String message) {
    assertThatThrownBy(() -> read(json, Set.of(), new ArrayList<>()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message);
  }

  private static Set<IouType> read(String json, Set<IouType> wanted, List<Found> found) {
    return CocoResults.read(
        TestCoco.stream(json),
        "results.json",
        INDEX,
        wanted,
        (image, detection) -> found.add(new Found(image.id(), detection)));
  }
}
