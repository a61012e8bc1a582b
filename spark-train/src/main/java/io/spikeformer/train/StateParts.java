package io.spikeformer.train;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The float32 tensors that make up a training's state as one vector, in place: parameters and
 * statistics in the model's layout, then moments. Valid as long as the replica is open.
 *
 * @param tensors in the vector's order
 */
public record StateParts(List<Tensor> tensors) {
  /** Keeps the order. */
  public StateParts {
    tensors = List.copyOf(tensors);
  }

  /** Values of all tensors together. */
  public long length() {
    return tensors.stream().mapToLong(Tensor::elements).sum();
  }

  /**
   * Values [from, from + count) as views of the tensors that hold them, in order.
   *
   * @throws IllegalArgumentException if the vector is shorter
   */
  public List<Tensor> views(long from, int count) {
    if (from < 0 || from + count > length()) {
      throw new IllegalArgumentException(
          Text.format(
              "training state: expected at least %s values, found %s; it belongs to another model"
                  + " or optimizer",
              from + count, length()));
    }
    List<Tensor> found = new ArrayList<>();
    long before = 0;
    for (Tensor tensor : tensors) {
      long first = Math.max(from, before) - before;
      long end = Math.min(from + count, before + tensor.elements()) - before;
      if (first < end) {
        found.add(tensor.slice(first, end - first));
      }
      before += tensor.elements();
    }
    return found;
  }

  /** A copy of values [from, from + count). */
  public float[] copy(long from, int count) {
    float[] values = new float[count];
    int at = 0;
    for (Tensor part : views(from, count)) {
      int length = (int) part.elements();
      part.bytes(0, length).asFloatBuffer().get(values, at, length);
      at += length;
    }
    return values;
  }

  /** Overwrites values from an offset on. */
  public void put(long from, float[] values) {
    int at = 0;
    for (Tensor part : views(from, values.length)) {
      int length = (int) part.elements();
      part.put(values, at, length);
      at += length;
    }
  }
}
