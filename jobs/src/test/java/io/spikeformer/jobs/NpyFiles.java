package io.spikeformer.jobs;

import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.data.npy.NpyInput;
import io.spikeformer.data.npy.NpyWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Arrays in files, for tests. */
public final class NpyFiles {
  private NpyFiles() {}

  /** Writes a file, or over one. */
  public static void write(Path file, NpyArray array) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      NpyWriter.write(out, array);
    }
  }

  /**
   * Writes numbers of any type, as numpy.save does.
   *
   * @param descr for example {@code |u1}
   * @param shape as in the header, for example {@code 2, 3}
   * @param numbers their bytes
   */
  public static Path write(Path file, String descr, String shape, byte[] numbers)
      throws IOException {
    String header =
        "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length() + numbers.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1))
            .putShort((short) header.length())
            .put(header.getBytes(StandardCharsets.ISO_8859_1))
            .put(numbers);
    return Files.write(file, bytes.array());
  }

  /** Reads a whole file as float32. */
  public static NpyArray read(Path file) {
    try (NpyInput input = NpyInput.open(file)) {
      float[] values = new float[(int) input.length()];
      input.read(0, values, 0, values.length);
      return new NpyArray(input.shape(), values);
    }
  }
}
