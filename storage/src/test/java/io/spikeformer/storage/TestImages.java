package io.spikeformer.storage;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A small set of noise in three class folders, and archives of it. */
final class TestImages {
  static final List<String> CLASSES = List.of("bee", "cat", "dog");
  static final int PER_CLASS = 6;
  static final int SIZE = 16;

  private TestImages() {}

  /** Writes class/file for every image. */
  static void write(Path folder) throws IOException {
    Random random = new Random(1);
    for (String name : CLASSES) {
      Files.createDirectories(folder.resolve(name));
      for (int i = 0; i < PER_CLASS; i++) {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < SIZE * SIZE; pixel++) {
          image.setRGB(pixel % SIZE, pixel / SIZE, random.nextInt(1 << 24));
        }
        ImageIO.write(image, "png", folder.resolve(name + "/" + i + ".png").toFile());
      }
    }
  }

  /** A tar file of a folder with a large hidden file in its middle, which need not be read. */
  static void writeTar(Path folder, Path tar, int hiddenBytes) throws IOException {
    try (OutputStream file = Files.newOutputStream(tar);
        TarArchiveOutputStream archive = new TarArchiveOutputStream(file);
        Stream<Path> files = Files.walk(folder)) {
      boolean first = true;
      for (Path entry : files.filter(Files::isRegularFile).sorted().toList()) {
        add(archive, folder.relativize(entry).toString(), Files.readAllBytes(entry));
        if (first) {
          add(archive, ".hidden", new byte[hiddenBytes]);
        }
        first = false;
      }
    }
  }

  private static void add(TarArchiveOutputStream archive, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    archive.putArchiveEntry(entry);
    archive.write(content);
    archive.closeArchiveEntry();
  }
}
