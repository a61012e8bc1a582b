package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import java.util.ArrayList;
import java.util.List;

/**
 * What one primitive computes: the output rows of some whole images, or a band of one image's.
 *
 * <p>Inputs that have to be converted are divided, so that the copy is read while it is still in a
 * cache. A band's copy has the rows that its windows read, and zeros where they leave the image: so
 * all bands of a shape but the last share a primitive.
 *
 * @param shape of the product; its height is that of the copy
 * @param rowPadding zeros that the primitive adds above and below
 * @param above rows of zeros that the copy begins with
 * @param below rows of zeros that it ends with
 * @param input first element of x that is read
 * @param inputs elements of x
 * @param output first element of y
 * @param outputs elements of y
 */
record Piece(
    ConvolutionShape shape,
    int rowPadding,
    int above,
    int below,
    long input,
    long inputs,
    long output,
    long outputs) {

  /**
   * Divides the images [first, end).
   *
   * @param copied bytes of an image's copy; 0 if x is read where it is
   * @param most bytes of a copy, unless a single row needs more
   */
  static List<Piece> of(ConvolutionShape shape, int first, int end, long copied, long most) {
    List<Piece> pieces = new ArrayList<>();
    if (copied <= most) {
      int images = copied == 0 ? end - first : (int) (most / copied);
      for (int image = first; image < end; image += images) {
        pieces.add(whole(shape, image, Math.min(images, end - image)));
      }
      return pieces;
    }
    int rows = bandRows(shape, copied, most);
    for (int image = first; image < end; image++) {
      for (int row = 0; row < shape.outputHeight(); row += rows) {
        pieces.add(band(shape, image, row, Math.min(rows, shape.outputHeight() - row)));
      }
    }
    return pieces;
  }

  private static Piece whole(ConvolutionShape shape, int image, int images) {
    long input = (long) shape.height() * inputRow(shape);
    long output = (long) shape.outputHeight() * outputRow(shape);
    return new Piece(
        shape.withImages(images),
        shape.padding(),
        0,
        0,
        image * input,
        images * input,
        image * output,
        images * output);
  }

  /** Output rows whose windows fill a copy, the same for every band except the last. */
  private static int bandRows(ConvolutionShape shape, long copied, long most) {
    long rows = most * shape.height() / copied;
    long fit = (rows - shape.window()) / shape.stride() + 1;
    int bands = (int) (shape.outputHeight() / Math.max(1, fit)) + 1;
    return (shape.outputHeight() + bands - 1) / bands;
  }

  private static Piece band(ConvolutionShape shape, int image, int row, int rows) {
    int begin = row * shape.stride() - shape.padding();
    int height = (rows - 1) * shape.stride() + shape.window();
    int from = Math.max(0, begin);
    int to = Math.min(shape.height(), begin + height);
    return new Piece(
        shape.withHeight(height),
        0,
        from - begin,
        begin + height - to,
        ((long) image * shape.height() + from) * inputRow(shape),
        (to - from) * inputRow(shape),
        ((long) image * shape.outputHeight() + row) * outputRow(shape),
        rows * outputRow(shape));
  }

  private static long inputRow(ConvolutionShape shape) {
    return (long) shape.width() * shape.inputs();
  }

  private static long outputRow(ConvolutionShape shape) {
    return (long) shape.outputWidth() * shape.outputs();
  }

  /** Elements of a row of zeros. */
  long row() {
    return inputRow(shape);
  }
}
