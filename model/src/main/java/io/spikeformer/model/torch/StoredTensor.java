package io.spikeformer.model.torch;

import io.spikeformer.common.Text;
import java.util.List;

/**
 * Where a tensor's elements lie: element (i0, i1, ...) is number offset + i0 strides[0] + i1
 * strides[1] + ... of its storage. Nothing is read before it is asked for.
 *
 * @param type number format
 * @param shape sizes of the dimensions
 * @param strides steps of the dimensions, in elements
 * @param offset first element, in elements
 * @param storage name of the storage in its file
 * @param elements elements that the storage is said to hold
 */
record StoredTensor(
    ElementType type,
    List<Long> shape,
    List<Long> strides,
    long offset,
    String storage,
    long elements) {

  /**
   * Validates that every element lies in the storage.
   *
   * @throws IllegalArgumentException if one does not
   */
  StoredTensor {
    shape = List.copyOf(shape);
    strides = List.copyOf(strides);
    if (shape.size() != strides.size()) {
      throw new IllegalArgumentException(
          Text.format(
              "as many strides as dimensions, found strides %s for shape %s", strides, shape));
    }
    if (offset < 0
        || elements < 0
        || shape.stream().anyMatch(size -> size < 0)
        || strides.stream().anyMatch(stride -> stride < 0)) {
      throw new IllegalArgumentException(
          Text.format(
              "numbers >= 0, found shape %s, strides %s, offset %s", shape, strides, offset));
    }
    if (shape.stream().noneMatch(size -> size == 0) && beyond(shape, strides, offset, elements)) {
      throw new IllegalArgumentException(
          Text.format(
              "elements within a storage of %s, found shape %s, strides %s, offset %s",
              elements, shape, strides, offset));
    }
  }

  /** A tensor in C order that fills its storage. */
  static StoredTensor dense(ElementType type, List<Long> shape, String storage) {
    Long[] strides = new Long[shape.size()];
    long step = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = step;
      step = Math.multiplyExact(step, shape.get(i));
    }
    return new StoredTensor(type, shape, List.of(strides), 0, storage, step);
  }

  private static boolean beyond(List<Long> shape, List<Long> strides, long offset, long elements) {
    try {
      long last = offset;
      for (int i = 0; i < shape.size(); i++) {
        last = Math.addExact(last, Math.multiplyExact(shape.get(i) - 1, strides.get(i)));
      }
      return last >= elements;
    } catch (ArithmeticException e) {
      return true;
    }
  }

  /** Bytes of the whole storage. */
  long storageBytes() {
    return Math.multiplyExact(elements, type.bytes());
  }
}
