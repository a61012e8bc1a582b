package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import java.util.ArrayList;
import java.util.List;

/**
 * What one primitive computes of a convolution: some whole images, or a band of one image's rows
 * with the rows of the other side that belong to them.
 *
 * @param shape of the product; its images and its height are those of the piece of x
 * @param above rows of zeros above x
 * @param below rows of zeros below x
 * @param input first element of x
 * @param inputs elements of x
 * @param output first element of y
 * @param outputs elements of y
 */
record Piece(
    ConvolutionShape shape,
    int above,
    int below,
    long input,
    long inputs,
    long output,
    long outputs) {
  /** Multiply-accumulates that are worth a thread. */
  static final long WORTH_A_THREAD = 250_000;

  // below it the rows that two bands share outweigh the second thread
  private static final int FEWEST_ROWS = 8;

  /** The side that is divided without overlap. */
  enum Side {
    /** Bands of rows of y, each with the rows of x that its windows read. */
    OUTPUT,
    /** Bands of rows of x, each with the rows of y whose windows read them. */
    INPUT
  }

  /**
   * How a convolution is shared out among threads: its images, or where there are fewer images than
   * threads, the rows of each.
   *
   * @param parts one for each thread that takes part
   * @param bands parts of an image; 1 for whole images
   */
  record Division(ConvolutionShape shape, Side side, int parts, int bands) {
    static Division of(ConvolutionShape shape, Side side, int threads) {
      long most = Math.max(1, shape.macs() / WORTH_A_THREAD);
      int images = shape.images();
      int rows = Math.min(shape.height(), shape.outputHeight()) / FEWEST_ROWS;
      int bands = Math.min(threads / images, rows);
      // a stride that skips pixels would leave bands without a row of the other side
      if (bands > 1 && (long) images * bands <= most && shape.window() >= shape.stride()) {
        return new Division(shape, side, images * bands, bands);
      }
      return new Division(shape, side, (int) Math.min(Math.min(threads, images), most), 1);
    }

    /**
     * The pieces of a part.
     *
     * @param copied bytes of the copy of an image that has to be converted; 0 if there is none
     * @param most bytes of a piece's copy, unless a single row needs more
     */
    List<Piece> pieces(int part, long copied, long most) {
      List<Piece> pieces = new ArrayList<>();
      int rows = rowsOfAnImage();
      if (bands > 1) {
        int band = part % bands;
        addBands(
            pieces, part / bands, rows * band / bands, rows * (band + 1) / bands, copied, most);
        return pieces;
      }
      int end = first(part + 1);
      if (copied <= most) {
        int images = copied == 0 ? shape.images() : (int) (most / copied);
        for (int image = first(part); image < end; image += images) {
          pieces.add(whole(shape, image, Math.min(images, end - image)));
        }
      } else {
        for (int image = first(part); image < end; image++) {
          addBands(pieces, image, 0, rows, copied, most);
        }
      }
      return pieces;
    }

    private int first(int part) {
      return (int) ((long) shape.images() * part / parts);
    }

    /** Rows [from, end) of an image, in bands whose copies are small enough, all of one height. */
    private void addBands(
        List<Piece> pieces, int image, int from, int end, long copied, long most) {
      long bytes = copied * (end - from) / rowsOfAnImage();
      int count = (int) Math.min(end - from, bytes / most + 1);
      int height = (end - from + count - 1) / count;
      for (int row = from; row < end; row += height) {
        pieces.add(band(image, row, Math.min(end, row + height)));
      }
    }

    private int rowsOfAnImage() {
      return side == Side.OUTPUT ? shape.outputHeight() : shape.height();
    }

    private Piece band(int image, int from, int end) {
      return side == Side.OUTPUT
          ? ofOutput(shape, image, from, end)
          : ofInput(shape, image, from, end);
    }
  }

  private static Piece whole(ConvolutionShape shape, int image, int images) {
    long input = shape.height() * inputRow(shape);
    long output = shape.outputHeight() * outputRow(shape);
    return new Piece(
        shape.withImages(images),
        shape.padding(),
        shape.padding(),
        image * input,
        images * input,
        image * output,
        images * output);
  }

  /** Rows [row, end) of y, and those of x that they read. */
  private static Piece ofOutput(ConvolutionShape shape, int image, int row, int end) {
    int begin = row * shape.stride() - shape.padding();
    int behind = (end - 1) * shape.stride() - shape.padding() + shape.window();
    int from = Math.max(0, begin);
    int to = Math.min(shape.height(), behind);
    return between(shape, image, from, to, row, end, from - begin, behind - to);
  }

  /** Rows [from, to) of x, and those of y that read them. */
  private static Piece ofInput(ConvolutionShape shape, int image, int from, int to) {
    int stride = shape.stride();
    int reach = from + shape.padding() - shape.window() + 1;
    int row = Math.max(0, Math.floorDiv(reach + stride - 1, stride));
    int end = Math.min(shape.outputHeight(), (to - 1 + shape.padding()) / stride + 1);
    int begin = row * stride - shape.padding();
    int behind = (end - 1) * stride - shape.padding() + shape.window();
    return between(shape, image, from, to, row, end, from - begin, behind - to);
  }

  private static Piece between(
      ConvolutionShape shape, int image, int from, int to, int row, int end, int above, int below) {
    return new Piece(
        shape.withHeight(to - from),
        above,
        below,
        ((long) image * shape.height() + from) * inputRow(shape),
        (to - from) * inputRow(shape),
        ((long) image * shape.outputHeight() + row) * outputRow(shape),
        (end - row) * outputRow(shape));
  }

  private static long inputRow(ConvolutionShape shape) {
    return (long) shape.width() * shape.inputs();
  }

  private static long outputRow(ConvolutionShape shape) {
    return (long) shape.outputWidth() * shape.outputs();
  }
}
