package io.spikeformer.data.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.order.SeededRandom;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RleTest {
  @Test
  void runsGoDownTheColumns() {
    byte[] mask = {
      0, 1, 0, //
      1, 1, 0
    };
    Rle rle = Rle.encode(2, 3, mask);

    assertThat(rle.counts()).containsExactly(1, 3, 2);
    assertThat(rle.decode()).isEqualTo(mask);
    assertThat(rle.area()).isEqualTo(3);
    assertThat(rle.box()).isEqualTo(new Rect(0, 0, 2, 2));
  }

  @Test
  void equalMasksAreEqualHoweverTheirRunsWereCut() {
    Rle rle = Rle.ofCounts(2, 3, 1, 2, 0, 1, 2, 0);

    assertThat(rle).isEqualTo(Rle.ofCounts(2, 3, 1, 3, 2));
    assertThat(rle.hashCode()).isEqualTo(Rle.ofCounts(2, 3, 1, 3, 2).hashCode());
    assertThat(rle).isNotEqualTo(Rle.ofCounts(3, 2, 1, 3, 2));
  }

  @Test
  void emptyAndFullMasksHaveTheirForms() {
    Rle empty = Rle.encode(2, 2, new byte[4]);
    Rle full = Rle.encode(2, 2, new byte[] {1, 1, 1, 1});

    assertThat(empty.counts()).containsExactly(4);
    assertThat(empty.box()).isEqualTo(new Rect(0, 0, 0, 0));
    assertThat(full.counts()).containsExactly(0, 4);
    assertThat(full.box()).isEqualTo(new Rect(0, 0, 2, 2));
    assertThat(empty.iou(full, ObjectKind.INSTANCE)).isZero();
    assertThat(empty.iou(empty, ObjectKind.CROWD)).isZero();
  }

  @Test
  void polygonsAreRasterisedAsByPycocotools() throws IOException {
    List<String> lines = lines("polygons.txt");
    assertThat(lines).hasSize(160);
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      int[] size = integers(fields[0]);
      List<Rle> parts = new ArrayList<>();
      for (String outline : fields[1].split("/")) {
        double[] polygon =
            Arrays.stream(outline.split(",")).mapToDouble(Double::parseDouble).toArray();
        parts.add(Rle.ofPolygon(size[0], size[1], polygon));
      }
      Rle mask = Rle.union(parts);
      int[] box = integers(fields[4]);

      assertThat(mask.compressed()).as(line).isEqualTo(fields[2]);
      assertThat(mask.area()).as(line).isEqualTo(Integer.parseInt(fields[3]));
      assertThat(mask.box()).as(line).isEqualTo(new Rect(box[0], box[1], box[2], box[3]));
    }
  }

  @Test
  void unionIntersectionAndIouEqualPycocotools() throws IOException {
    List<String> lines = lines("pairs.txt");
    assertThat(lines).hasSizeGreaterThan(100);
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      int[] size = integers(fields[0]);
      Rle first = Rle.parse(size[0], size[1], fields[1]);
      Rle second = Rle.parse(size[0], size[1], fields[2]);
      String[] ious = fields[5].split(" ");

      assertThat(Rle.union(List.of(first, second)).compressed()).isEqualTo(fields[3]);
      assertThat(first.intersection(second).compressed()).isEqualTo(fields[4]);
      assertThat(first.iou(second, ObjectKind.INSTANCE))
          .isCloseTo(Double.parseDouble(ious[0]), within(1e-12));
      assertThat(first.iou(second, ObjectKind.CROWD))
          .isCloseTo(Double.parseDouble(ious[1]), within(1e-12));
    }
  }

  @Test
  void masksSurviveEveryForm() {
    SeededRandom random = new SeededRandom(3);
    for (int trial = 0; trial < 300; trial++) {
      int height = 1 + random.nextInt(20);
      int width = 1 + random.nextInt(20);
      byte[] mask = new byte[height * width];
      double density = random.nextDouble();
      for (int i = 0; i < mask.length; i++) {
        mask[i] = (byte) (random.nextDouble() < density ? 1 : 0);
      }
      Rle rle = Rle.encode(height, width, mask);

      assertThat(rle.decode()).isEqualTo(mask);
      assertThat(Rle.parse(height, width, rle.compressed())).isEqualTo(rle);
      assertThat(Rle.ofCounts(height, width, rle.counts())).isEqualTo(rle);
      assertThat(rle.box()).isEqualTo(boxOf(mask, height, width));
    }
  }

  @Test
  void longRunsTakeSeveralCharacters() {
    Rle rle = Rle.ofCounts(8000, 8000, 31_999_999, 2, 31_999_999);

    assertThat(Rle.parse(8000, 8000, rle.compressed())).isEqualTo(rle);
  }

  @Test
  void aLineEnclosesNothing() {
    assertThat(Rle.ofPolygon(9, 9, new double[] {1, 1, 7, 7}).area()).isZero();
    assertThat(Rle.ofPolygon(9, 9, new double[] {1, 4, 1, 4, 7, 4, 7, 4}).area()).isZero();
  }

  @Test
  void refusesWhatIsNoMask() {
    assertRefused(() -> Rle.ofCounts(2, 3, 1, 3), "expected a sum of 2 x 3 = 6 pixels, found 4");
    assertRefused(() -> Rle.ofCounts(2, 3, 1, 9), "found at least 10");
    assertRefused(
        () -> Rle.ofCounts(2, 3, Integer.MAX_VALUE, Integer.MAX_VALUE), "expected a sum of 2 x 3");
    assertRefused(() -> Rle.ofCounts(2, 3, 7, -1), "expected a sum");
    assertRefused(() -> Rle.ofCounts(2, 3, 1, -1), "run 1 of a mask: expected a length >= 0");
    assertRefused(() -> Rle.ofCounts(20_000, 1, 1), "mask size: expected 1 to 16384 pixels");
    assertRefused(() -> Rle.parse(2, 3, "1"), "expected a sum of 2 x 3 = 6 pixels, found 1");
    assertRefused(() -> Rle.parse(2, 3, "1P"), "it ends inside run 1, after 2 characters");
    assertRefused(() -> Rle.parse(2, 3, "1 2"), "expected '0' to 'o'");
    assertRefused(() -> Rle.parse(2, 3, "PPPPPPPP1"), "at most 7 characters a run");
    assertRefused(() -> Rle.parse(2, 3, "O"), "expected runs of 0 to 2147483647 pixels, found -1");
    assertRefused(() -> Rle.encode(2, 3, new byte[5]), "expected 2 x 3 = 6 bytes, found 5");
    assertRefused(
        () -> Rle.ofPolygon(9, 9, new double[] {1, 2, 3}),
        "polygon: expected x and y of at least 2 corners, found 3 numbers");
    assertRefused(
        () -> Rle.ofPolygon(9, 9, new double[] {1, 2, 3, 1e9}),
        "expected coordinates within 1048576 pixels, found 1.0E9");
    double[] endless = new double[400];
    for (int i = 0; i < endless.length; i++) {
      endless[i] = i % 4 < 2 ? -1e6 : 1e6;
    }
    assertRefused(() -> Rle.ofPolygon(9, 9, endless), "expected an outline of at most");
  }

  private static void assertRefused(Runnable making, String reason) {
    assertThatThrownBy(making::run)
        .isInstanceOf(InvalidMaskException.class)
        .hasMessageContaining(reason);
  }

  private static Rect boxOf(byte[] mask, int height, int width) {
    int top = height;
    int left = width;
    int bottom = 0;
    int right = 0;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i] != 0) {
        top = Math.min(top, i / width);
        bottom = Math.max(bottom, i / width + 1);
        left = Math.min(left, i % width);
        right = Math.max(right, i % width + 1);
      }
    }
    return right == 0 ? new Rect(0, 0, 0, 0) : Rect.between(left, top, right, bottom);
  }

  private static int[] integers(String text) {
    return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  private static List<String> lines(String name) throws IOException {
    try (InputStream stream = RleTest.class.getResourceAsStream("/pycocotools/" + name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
