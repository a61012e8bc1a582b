package io.spikeformer.jobs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapeImagesTest {
  @TempDir private Path folder;

  @Test
  void writesReadableImagesInClassFolders() throws IOException {
    int written = new ShapeImages(32).write(folder, "train", 5, 0);
    try (Stream<Path> files = Files.walk(folder.resolve("train"))) {
      Path[] images = files.filter(Files::isRegularFile).toArray(Path[]::new);
      assertThat(images).hasSize(written).hasSize(30);
      for (Path image : images) {
        assertThat(ImageIO.read(image.toFile()).getWidth()).isEqualTo(32);
      }
    }
    assertThat(folder.resolve("train/ring/00003.png")).exists();
    assertThat(folder.resolve("train/ring/00004.jpg")).exists();
  }

  @ParameterizedTest
  @EnumSource(ShapeImages.Shape.class)
  void picturesAreAFunctionOfTheSeedAndDiffer(ShapeImages.Shape shape) {
    ShapeImages images = new ShapeImages(32);
    int[] first = pixels(images.draw(shape, new Random(1)));
    assertThat(pixels(images.draw(shape, new Random(1)))).isEqualTo(first);
    assertThat(pixels(images.draw(shape, new Random(2)))).isNotEqualTo(first);
    long brightnesses = IntStream.of(first).map(rgb -> (rgb & 0xff) / 64).distinct().count();
    assertThat(brightnesses).as("a shape that stands out").isGreaterThan(1);
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
