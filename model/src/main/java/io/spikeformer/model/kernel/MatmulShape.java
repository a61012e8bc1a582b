package io.spikeformer.model.kernel;

import io.spikeformer.common.Text;

/**
 * Geometry of a batch of strided products C[i, h] = A[i, h] B[i, h] with i in images and h in
 * heads.
 *
 * <p>Element (r, c) of a matrix of operand X lies at X.image * i + X.head * h + X.row * r +
 * X.column * c.
 *
 * @param images T*B
 * @param heads attention heads
 * @param rows rows of A and C
 * @param inner columns of A, rows of B
 * @param columns columns of B and C
 * @param a strides of A, in elements
 * @param b strides of B, in elements
 * @param c strides of C, in elements
 */
public record MatmulShape(
    int images, int heads, int rows, int inner, int columns, Strides a, Strides b, Strides c) {

  /** Validates the sizes. */
  public MatmulShape {
    if (images < 1 || heads < 1 || rows < 1 || inner < 1 || columns < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "matmul: expected positive sizes, found %d images, %d heads, [%d,%d] times [%d,%d]",
              images, heads, rows, inner, inner, columns));
    }
  }

  /** Distances in elements between neighbours along each index. */
  public record Strides(long image, long head, long row, long column) {
    /** The same operand with rows and columns exchanged. */
    public Strides transposed() {
      return new Strides(image, head, column, row);
    }
  }

  /** Multiply-accumulates of the product. */
  public long macs() {
    return (long) images * heads * rows * inner * columns;
  }
}
