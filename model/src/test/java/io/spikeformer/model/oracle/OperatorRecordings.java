package io.spikeformer.model.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.kernel.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Recorded arrays of dense prediction, where they are at hand. */
public final class OperatorRecordings {
  private static final Path FOLDER =
      Path.of(System.getProperty("spikeformer.root", ".."), "../shared/fixtures/dense");

  private final Map<String, Npz.Array> arrays;

  private OperatorRecordings(Map<String, Npz.Array> arrays) {
    this.arrays = arrays;
  }

  /** The operators, each on its own. */
  public static OperatorRecordings load() throws IOException {
    return load("operators");
  }

  /** One of the files; the test is left out where it is not there. */
  public static OperatorRecordings load(String name) throws IOException {
    return new OperatorRecordings(Npz.recorded(FOLDER.resolve(name + ".npz")));
  }

  /** Whether there is an array of a name. */
  public boolean has(String name) {
    return arrays.containsKey(name);
  }

  /** Values of an array. */
  public float[] values(String name) {
    return arrays.get(name).values();
  }

  /** Whole numbers of an array. */
  public int[] integers(String name) {
    float[] values = values(name);
    int[] integers = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = (int) values[i];
    }
    return integers;
  }

  /** Dimensions of an array. */
  public long[] shape(String name) {
    return arrays.get(name).shape();
  }

  /** Compares with an array to 1e-5 of its largest value. */
  public void check(String name, float[] found) {
    float[] expected = values(name);
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(found).as(name).containsExactly(expected, within(1e-5f * largest));
  }

  /** An array [N, C, H, W] as a tensor [N, H, W, C]. */
  public Tensor channelsLast(String name) {
    long[] shape = shape(name);
    float[] values = moved(values(name), (int) shape[1], (int) (shape[2] * shape[3]));
    return Tensor.of(values, shape[0], shape[2], shape[3], shape[1]);
  }

  /** The values of a tensor [N, H, W, C] as [N, C, H, W]. */
  public static float[] channelsFirst(Tensor tensor) {
    return moved(tensor.toArray(), (int) (tensor.size(1) * tensor.size(2)), tensor.channels());
  }

  /** [N, rows, columns] as [N, columns, rows]. */
  private static float[] moved(float[] values, int rows, int columns) {
    float[] result = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int matrix = i / (rows * columns);
      int row = i / columns % rows;
      int column = i % columns;
      result[(matrix * columns + column) * rows + row] = values[i];
    }
    return result;
  }
}
