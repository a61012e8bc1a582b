package io.spikeformer.tasks;

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
public final class DenseFixture {
  private static final Path ROOT = Path.of(System.getProperty("spikeformer.root", ".."));
  private static final Path FOLDER = ROOT.resolve("../shared/fixtures/dense");

  private DenseFixture() {}

  /** The arrays of a file by name. */
  public static Map<String, NpyArray> read(String name) throws IOException {
    return read(name, "");
  }

  /** Those whose names begin with a prefix. */
  public static Map<String, NpyArray> read(String name, String prefix) throws IOException {
    Path file = FOLDER.resolve(name);
    assumeTrue(Files.exists(file), "recorded arrays are not there");
    return read(file, prefix);
  }

  /** Those of a recording of the one-stage detector, which lies beside the tests of the model. */
  public static Map<String, NpyArray> yolo(String name) throws IOException {
    return read(ROOT.resolve("model/src/test/resources/yolo").resolve(name), "");
  }

  private static Map<String, NpyArray> read(Path file, String prefix) throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    Path member = Files.createTempFile("member", ".npy");
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().filter(e -> e.getName().startsWith(prefix)).toList()) {
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
