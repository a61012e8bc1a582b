package io.spikeformer.data.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real sample of COCO 2017; digests from resources/pycocotools/generate.py. */
class CocoMiniTest {
  private static final Path COCO =
      Path.of(System.getProperty("spikeformer.root", "."), "../shared/data/coco-mini");

  @ParameterizedTest
  @CsvSource({
    "train, 80, 739, 8, 852cb1154af9bcb2ce78c88d440bf6f44a2b5aa343b38e04d41214bf4a86129e",
    "val, 79, 624, 5, 2397ab03232a8231dde64f0ac744a7dcbeaa9b0b2526aa49793cde98cab49da2"
  })
  void everyAnnotationSurvivesAndItsMaskEqualsPycocotools(
      String split, int images, int annotations, int crowds, String digest) throws Exception {
    Path file = annotationFile(split);
    CocoDataset dataset = CocoDataset.read(() -> open(file), file.getFileName().toString());
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    Map<Long, DetectedObject> objects = new HashMap<>();
    for (CocoImage image : dataset.images()) {
      dataset.objects(image).forEach(object -> objects.put(object.id(), object));
    }

    assertThat(dataset.rejected()).isEmpty();
    assertThat(dataset.images()).hasSize(images);
    assertThat(objects).hasSize(annotations);
    assertThat(objects.values().stream().filter(o -> o.kind() == ObjectKind.CROWD)).hasSize(crowds);
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (JsonNode annotation : json.get("annotations")) {
      DetectedObject object = objects.get(annotation.get("id").asLong());
      JsonNode box = annotation.get("bbox");
      assertThat(object.box())
          .isEqualTo(
              new Rect(
                  box.get(0).asDouble(),
                  box.get(1).asDouble(),
                  box.get(2).asDouble(),
                  box.get(3).asDouble()));
      assertThat(object.area()).isEqualTo(annotation.get("area").asDouble());
      assertMaskFits(object);
      sha.update(line(object).getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(HexFormat.of().formatHex(sha.digest())).isEqualTo(digest);
  }

  @Test
  void classesAreTheEightyCategoriesInOrderOfTheirIds() {
    Path file = annotationFile("val");
    CocoIndex index = CocoReader.index(open(file), "instances_val2017.json");

    assertThat(index.classes()).hasSize(80).startsWith("person", "bicycle").endsWith("toothbrush");
    assertThat(index.label(90)).contains(79);
    assertThat(index.label(12)).isEmpty();
    assertThat(index.label(13)).contains(11);
  }

  @Test
  void everyImageIsAsLargeAsAnnotated() throws Exception {
    Path file = annotationFile("val");
    CocoDataset dataset = CocoDataset.read(() -> open(file), "instances_val2017.json");
    ImageCodec codec = new ImageCodec();
    for (CocoImage image : dataset.images()) {
      byte[] bytes = Files.readAllBytes(COCO.resolve("val2017").resolve(image.fileName()));
      RgbImage pixels = codec.decode(bytes);
      assertThat(pixels.height()).isEqualTo(image.height());
      assertThat(pixels.width()).isEqualTo(image.width());
    }
  }

  /**
   * Masks stay inside the JSON's boxes but for rounding; crowds' boxes leave out the last pixel.
   */
  private static void assertMaskFits(DetectedObject object) {
    Rect stated = object.box();
    Rect found = object.mask().orElseThrow().box();
    Rect outer = new Rect(stated.x() - 1, stated.y() - 1, stated.width() + 2, stated.height() + 2);
    assertThat(found.intersection(outer)).as("%s", object).isEqualTo(found);
    if (object.kind() == ObjectKind.CROWD) {
      assertThat(found)
          .isEqualTo(new Rect(stated.x(), stated.y(), stated.width() + 1, stated.height() + 1));
    } else {
      double outline = 2 * (stated.width() + stated.height());
      assertThat(Math.abs(object.mask().orElseThrow().area() - object.area()))
          .isLessThan(Math.max(1, outline));
    }
  }

  private static String line(DetectedObject object) {
    Rect box = object.mask().orElseThrow().box();
    return Text.format(
        "%d %d %.0f %.0f %.0f %.0f %s\n",
        object.id(),
        object.mask().orElseThrow().area(),
        box.x(),
        box.y(),
        box.width(),
        box.height(),
        object.mask().orElseThrow().compressed());
  }

  private static Path annotationFile(String split) {
    Path file = COCO.resolve("annotations").resolve(Text.format("instances_%s2017.json", split));
    assumeTrue(Files.exists(file), "the sample of COCO is not there");
    return file;
  }

  private static InputStream open(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
