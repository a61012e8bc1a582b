package io.spikeformer.jobs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.segmentation.LabelMap;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapeScenesTest {
  private static final int SIZE = 64;

  @TempDir Path folder;

  @Test
  void labelsLieOnTheShapes() {
    Random random = new Random(3);
    boolean[] seen = new boolean[ShapeScenes.classes().size()];
    double within = 0;
    double between = 0;
    for (int i = 0; i < 20; i++) {
      ShapeScenes.Scene scene = new ShapeScenes(SIZE).draw(random);
      for (int y = 1; y < SIZE; y++) {
        for (int x = 1; x < SIZE; x++) {
          int label = scene.labels().label(y, x);
          seen[label] = true;
          double step = distance(scene.image(), x, y);
          if (label == scene.labels().label(y, x - 1)) {
            within += step / (SIZE * SIZE * 20);
          } else {
            between += step > 60 ? 1 : -1;
          }
        }
      }
    }
    assertThat(seen).containsOnly(true);
    assertThat(within).as("mean step inside a shape").isLessThan(40);
    assertThat(between).as("edges of labels that are edges of colours").isPositive();
  }

  private static double distance(BufferedImage image, int x, int y) {
    Color here = new Color(image.getRGB(x, y));
    Color left = new Color(image.getRGB(x - 1, y));
    return Math.abs(here.getRed() - left.getRed())
        + Math.abs(here.getGreen() - left.getGreen())
        + Math.abs(here.getBlue() - left.getBlue());
  }

  @Test
  void theSameSeedGivesTheSameFiles() throws Exception {
    new ShapeScenes(SIZE).write(folder.resolve("a"), "train", 3, 7);
    new ShapeScenes(SIZE).write(folder.resolve("b"), "train", 3, 7);
    for (String name : new String[] {"images/train/00002.png", "annotations/train/00002.png"}) {
      assertThat(Files.readAllBytes(folder.resolve("a").resolve(name)))
          .isEqualTo(Files.readAllBytes(folder.resolve("b").resolve(name)));
    }
    byte[] labels = Files.readAllBytes(folder.resolve("a/annotations/train/00000.png"));
    assertThat(LabelMap.decode(labels).pixels()[LabelMap.IGNORED]).isZero();
    assertThat(folder.resolve("a/classes.txt")).hasContent("background\ndisc\nsquare\ntriangle");
  }
}
