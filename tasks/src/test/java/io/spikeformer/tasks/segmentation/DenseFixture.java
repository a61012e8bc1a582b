package io.spikeformer.tasks.segmentation;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.data.npy.NpyInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Recorded arrays of another implementation, where they are at hand. */
final class DenseFixture {
  private static final Path FOLDER =
      Path.of(System.getProperty("spikeformer.root", ".."), "../shared/fixtures/dense");

  private DenseFixture() {}

  /** The arrays of a file by name. */
  static Map<String, NpyArray> read(String name) throws IOException {
    Path file = FOLDER.resolve(name);
    assumeTrue(Files.exists(file), "recorded arrays are not there");
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    Path member = Files.createTempFile("member", ".npy");
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        Files.write(member, zip.getInputStream(entry).readAllBytes());
        try (NpyInput input = NpyInput.open(member)) {
          float[] values = new float[(int) input.length()];
          input.read(0, values, 0, values.length);
          arrays.put(entry.getName().replace(".npy", ""), new NpyArray(input.shape(), values));
        }
      }
    } finally {
      Files.delete(member);
    }
    return arrays;
  }
}
