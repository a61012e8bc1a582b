package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spikeformer.common.Text;
import io.spikeformer.data.detection.CocoDataset;
import io.spikeformer.data.detection.CocoImage;
import io.spikeformer.data.detection.CocoResults;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.ZipFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every number that pycocotools 2.0.11 accumulates and summarises, recorded as float64. */
class CocoFixturesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("spikeformer.root", "."), "../shared/fixtures/dense/coco");

  private static final double TOLERANCE = 1e-12;

  /** Images in this many disjoint sets. */
  private static final int[] PARTS = {1, 2, 8};

  @ParameterizedTest
  @CsvSource({
    "mixed, BOX",
    "mixed, MASK",
    "crowded, BOX",
    "crowded, MASK",
    "single, BOX",
    "single, MASK"
  })
  void everyNumberEqualsPycocotools(String name, IouType measure) throws IOException {
    assumeTrue(Files.exists(FOLDER), "the fixtures are not there");
    for (int parts : PARTS) {
      DetectionCounts counts = counts(name, measure, parts);
      PrecisionRecall curves = PrecisionRecall.of(counts);

      String prefix = name + "/" + measure.label() + "/";
      assertEqual(precision(curves), expected(prefix + "precision"));
      assertEqual(recall(curves), expected(prefix + "recall"));
      assertEqual(scores(curves), expected(prefix + "scores"));
      List<Double> figures = new ArrayList<>();
      for (DetectionFigure figure : DetectionFigure.values()) {
        figures.add(figure.mean(curves));
      }
      assertEqual(figures, expected(prefix + "stats"));
    }
  }

  private static void assertEqual(List<Double> found, double[] expected) {
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(found.get(i) - expected[i]) <= TOLERANCE)) {
        assertThat(found.get(i)).as("number %s", i).isEqualTo(expected[i]);
      }
    }
  }

  private static DetectionCounts counts(String name, IouType measure, int parts)
      throws IOException {
    Path truth = FOLDER.resolve(name + "_gt.json");
    CocoDataset dataset = CocoDataset.read(() -> open(truth), truth.toString());
    assertThat(dataset.rejected()).isEmpty();
    Map<Long, List<Detection>> found = new HashMap<>();
    Path results = FOLDER.resolve(Text.format("%s_%s.json", name, measure.label()));
    Set<IouType> types =
        CocoResults.read(
            open(results),
            results.toString(),
            dataset.index(),
            Set.of(),
            (image, detection) ->
                found.computeIfAbsent(image.id(), id -> new ArrayList<>()).add(detection));
    assertThat(types).containsExactly(measure);

    int classes = dataset.classes().size();
    List<DetectionCounts> all = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      all.add(new DetectionCounts(measure, classes));
    }
    List<CocoImage> images = new ArrayList<>(dataset.images());
    Collections.shuffle(images, new Random(parts));
    for (int i = 0; i < images.size(); i++) {
      CocoImage image = images.get(i);
      all.get(i % parts)
          .add(image.id(), dataset.objects(image), found.getOrDefault(image.id(), List.of()));
    }
    DetectionCounts whole = new DetectionCounts(measure, classes);
    Collections.shuffle(all, new Random(parts));
    all.forEach(whole::merge);
    return whole;
  }

  private static List<Double> precision(PrecisionRecall curves) {
    List<Double> values = new ArrayList<>();
    forEachSlice(
        CocoGrid.RECALLS, curves, (t, r, k, a, m) -> values.add(curves.precision(t, r, k, a, m)));
    return values;
  }

  private static List<Double> scores(PrecisionRecall curves) {
    List<Double> values = new ArrayList<>();
    forEachSlice(
        CocoGrid.RECALLS, curves, (t, r, k, a, m) -> values.add(curves.score(t, r, k, a, m)));
    return values;
  }

  private static List<Double> recall(PrecisionRecall curves) {
    List<Double> values = new ArrayList<>();
    forEachSlice(1, curves, (t, r, k, a, m) -> values.add(curves.recall(t, k, a, m)));
    return values;
  }

  /** Takes a threshold, recall, class, range and limit. */
  private interface Slice {
    void take(int t, int r, int k, AreaRange a, int m);
  }

  /** In the order of pycocotools' arrays. */
  private static void forEachSlice(int recalls, PrecisionRecall curves, Slice slice) {
    for (int t = 0; t < CocoGrid.THRESHOLDS; t++) {
      for (int r = 0; r < recalls; r++) {
        for (int k = 0; k < curves.classes(); k++) {
          for (AreaRange a : AreaRange.values()) {
            for (int m = 0; m < CocoGrid.LIMITS; m++) {
              slice.take(t, r, k, a, m);
            }
          }
        }
      }
    }
  }

  /** An array of the recorded file, in C order. */
  private static double[] expected(String name) throws IOException {
    try (ZipFile zip = new ZipFile(FOLDER.resolve("expected.npz").toFile())) {
      ByteBuffer bytes =
          ByteBuffer.wrap(zip.getInputStream(zip.getEntry(name + ".npy")).readAllBytes())
              .order(ByteOrder.LITTLE_ENDIAN);
      int begin = 10 + bytes.getShort(8);
      String header = new String(bytes.array(), 0, begin, StandardCharsets.UTF_8);
      assertThat(header).contains("'<f8'", "'fortran_order': False");
      double[] values = new double[(bytes.capacity() - begin) / Double.BYTES];
      bytes.position(begin).slice().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
      return values;
    }
  }

  private static InputStream open(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
