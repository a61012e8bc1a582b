package io.spikeformer.data.npy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpyFilesTest {
  private static final String HEADER =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  private static final float[] SIX = {0, 1, -2, Float.NaN, Float.MIN_VALUE, 5e30f};

  @TempDir private Path folder;

  @Test
  void readsWhatItWrites() throws IOException {
    for (int[] shape : new int[][] {{2, 3}, {6}, {1, 2, 1, 3}, {3, 2, 1}}) {
      NpyArray array = new NpyArray(shape, SIX);
      write(folder.resolve("a.npy"), array);
      assertThat(read(folder.resolve("a.npy"))).isEqualTo(array);
    }
  }

  @Test
  void writesMoreValuesThanOneBufferHolds() throws IOException {
    float[] values = new float[70_001];
    values[8191] = 1;
    values[8192] = 2;
    values[65_536] = 3;
    values[70_000] = 4;
    NpyArray array = new NpyArray(new int[] {70_001}, values);
    write(folder.resolve("long.npy"), array);
    assertThat(read(folder.resolve("long.npy"))).isEqualTo(array);
  }

  /** The bytes that numpy.save wrote for numpy.arange(6, dtype='float32').reshape(2, 3). */
  @Test
  void agreesWithNumpyByteForByte() throws IOException {
    byte[] expected = file(1, HEADER + " ".repeat(128 - 10 - HEADER.length() - 1) + "\n", 6);
    assertThat(expected).hasSize(128 + 24);
    Path path = Files.write(folder.resolve("numpy.npy"), expected);
    NpyArray array = read(path);
    assertThat(array.shape()).containsExactly(2, 3);
    assertThat(array.values()).containsExactly(0, 1, 2, 3, 4, 5);
    write(folder.resolve("own.npy"), array);
    assertThat(folder.resolve("own.npy")).hasSameBinaryContentAs(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "4 | {'descr': '<f4', 'fortran_order': False, 'shape': (6,), } | 6 | .npy format version 1 to 3, found 4",
        "1 | {'descr': '<f8', 'fortran_order': False, 'shape': (6,), } | 6 | of shape [6] as float64, found 24 bytes",
        "1 | {'descr': '<f2', 'fortran_order': False, 'shape': (12,), } | 6 | bad.npy').astype('float32'))",
        "1 | {'descr': '<U3', 'fortran_order': False, 'shape': (3,), } | 6 | found dtype '<U3': save the pixels as uint8",
        "1 | {'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (6,), } | 6 | found dtype '[(x, <f4)]'",
        "1 | {'descr': '<f4', 'fortran_order': True, 'shape': (6,), } | 6 | numpy.ascontiguousarray(numpy.load('",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (6,), } | 5 | found 20 bytes",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (6,), } | 7 | found 28 bytes",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (-6,), } | 6 | expected a shape such as",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (99999, 99999, 99999, 99999), } | 6 | expected the values of shape",
        "1 | {'descr': '<f4', 'fortran_order': False, 'shape': (9999999999,), } | 6 | expected sizes below 2^31",
        "1 | {'descr': '<f4', 'shape': (6,), } | 6 | expected a header with descr, fortran_order and shape",
        "1 | __import__('os') | 6 | expected a header with descr, fortran_order and shape",
        "2 | {'descr': '<f4', 'fortran_order': False, 'shape': (6, 0, 9), } | 6 | found 24 bytes",
      })
  void refusesDamageInOneLine(int version, String header, int values, String expected)
      throws IOException {
    Path path = Files.write(folder.resolve("bad.npy"), file(version, header + "\n", values));
    assertThatThrownBy(() -> read(path))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(expected)
        .hasMessageNotContaining("\n");
  }

  @Test
  void refusesOtherFilesAndShortOnes() throws IOException {
    Path path = folder.resolve("bad.npy");
    Files.write(path, "not an array".getBytes(ISO_8859_1));
    assertThatThrownBy(() -> read(path)).hasMessageContaining("expected a .npy array");
    byte[] whole = file(1, HEADER + "\n", 6);
    for (int length : new int[] {0, 5, 7, 9, 20}) {
      Files.write(path, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> read(path)).hasMessageContaining("found the end of the file");
    }
    ByteBuffer huge = ByteBuffer.wrap(file(2, HEADER, 0)).order(ByteOrder.LITTLE_ENDIAN);
    huge.putInt(8, Integer.MAX_VALUE);
    Files.write(path, huge.array());
    assertThatThrownBy(() -> read(path)).hasMessageContaining("a header of at most 65536");
    assertThatThrownBy(() -> read(folder.resolve("none.npy")))
        .hasMessageContaining("there is no such file");
  }

  /** Versions differ in how the header's length is stored; NumPy writes keys in any order. */
  @Test
  void keysStandInAnyOrder() throws IOException {
    String other = "{'shape':(2,3), 'descr':'<f4','fortran_order' : False}";
    for (int version : new int[] {1, 2, 3}) {
      Path path = Files.write(folder.resolve("other.npy"), file(version, other + "\n", 6));
      assertThat(read(path).shape()).containsExactly(2, 3);
    }
  }

  /** Patterns that try again and again would take minutes, or all of the stack. */
  @Test
  void aHeaderOfTheLargestLengthIsRefusedAtOnce() throws IOException {
    for (String part : new String[] {"'", "[", "('x', '<f4'), ", "'descr': [", " "}) {
      String header = "{'descr': [" + part.repeat(65_000 / part.length());
      Path path = Files.write(folder.resolve("long.npy"), file(2, header, 0));
      assertThatThrownBy(() -> read(path))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("expected a header with descr, fortran_order and shape");
    }
  }

  private static void write(Path file, NpyArray array) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      NpyWriter.write(out, array);
    }
  }

  private static NpyArray read(Path file) {
    try (NpyInput input = NpyInput.open(file)) {
      float[] values = new float[(int) input.length()];
      input.read(0, values, 0, values.length);
      return new NpyArray(input.shape(), values);
    }
  }

  private static byte[] file(int version, String header, int values) {
    byte[] text = header.getBytes(ISO_8859_1);
    int lengthBytes = version == 1 ? 2 : 4;
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + lengthBytes + text.length + 4 * values)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put("\u0093NUMPY".getBytes(ISO_8859_1))
            .put((byte) version)
            .put((byte) 0);
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text);
    for (int i = 0; i < values; i++) {
      bytes.putFloat(i);
    }
    return bytes.array();
  }
}
