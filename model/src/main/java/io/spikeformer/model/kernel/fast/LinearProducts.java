package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.Direction;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.Key;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.WeightPlace;
import java.util.List;

/**
 * Linear layers of whole maps with many weights, such as the first one of a box head, divided by
 * blocks of their outputs, or on the way back by blocks of input channels.
 *
 * <p>oneDNN wants weights in an order of its own. Divided by images, each thread would put all of
 * them in that order, again for each of its pieces. Here each block is ordered once, in a buffer of
 * its size, and no gradient of weights is a sum over threads.
 */
final class LinearProducts {
  // bytes of the weights of a block, as far as whole vectors of outputs allow
  private static final long MOST_WEIGHTS = 8L << 20;
  private static final int VECTOR = 16;

  private final Team team;
  private final Worker[] workers;
  private final Operands converted;
  private final FastElementwise elementwise;
  private final FastChannels channels = new FastChannels(new Team(1, () -> {}));
  private final KeptWeights kept;

  LinearProducts(
      Team team,
      Worker[] workers,
      Operands converted,
      FastElementwise elementwise,
      KeptWeights kept) {
    this.team = team;
    this.workers = workers;
    this.converted = converted;
    this.elementwise = elementwise;
    this.kept = kept;
  }

  /** Whether a layer is such a one. */
  static boolean takes(ConvolutionShape shape) {
    return shape.linear() && DataType.FLOAT32.byteSize(shape.weights()) > MOST_WEIGHTS;
  }

  /**
   * The types of a product.
   *
   * @param operands of both operands
   * @param results of the result
   * @param terms of the operand that is no input
   */
  record Types(DataType operands, DataType results, List<HalfTerm> terms) {}

  /** What computes one block. */
  private interface Block {
    void run(int part, int first, int count);
  }

  /** Runs blocks of so many outputs or channels in all; part p takes every block of its rest p. */
  private void inBlocks(ConvolutionShape shape, int all, Block work) {
    long bytes = DataType.FLOAT32.byteSize(shape.weights());
    int parts = team.size();
    long rounds = bytes / MOST_WEIGHTS / parts + 1;
    int size = (int) Math.min(all, (all + rounds * parts - 1) / (rounds * parts));
    int count = (size + VECTOR - 1) / VECTOR * VECTOR;
    team.run(
        parts,
        part -> {
          for (int first = part * count; first < all; first += parts * count) {
            work.run(part, first, Math.min(count, all - first));
          }
        });
  }

  /** A tensor's values in a type: its own, or those of one copy for all threads. */
  private long whole(Tensor tensor, DataType type) {
    if (tensor.type() == type) {
      return tensor.address();
    }
    Tensor copy = converted.buffer(0, type, Native.Buffer.FIRST, tensor.shape());
    elementwise.affine(Drive.of(tensor), copy);
    return copy.address();
  }

  /** The weights of one output. */
  private static long row(ConvolutionShape shape) {
    return shape.weights() / shape.outputs();
  }

  /** As {@link FastProducts#forward}. */
  void forward(
      ConvolutionShape shape, Types types, Tensor x, Tensor weights, Tensor bias, Tensor y) {
    long values = whole(x, types.operands());
    inBlocks(
        shape,
        shape.outputs(),
        (part, first, count) -> {
          Tensor own =
              converted.buffer(part, types.results(), Native.Buffer.RESULT, shape.images(), count);
          long offset = DataType.FLOAT32.byteSize(first * row(shape));
          for (HalfTerm term : types.terms()) {
            boolean biased = bias != null && term.begins();
            Key key = key(Direction.FORWARD, shape.withOutputs(count), types, biased, term);
            workers[part]
                .convolution(key)
                .run(
                    values,
                    new WeightPlace(weights.address(), offset),
                    biased ? bias.slice(first, count).address() : 0,
                    own.address(),
                    kept);
          }
          channels.copy(own, 0, y.reshape(shape.images(), shape.outputs()), first, count);
        });
  }

  private static Key key(
      Direction direction, ConvolutionShape shape, Types types, boolean bias, HalfTerm term) {
    return Key.of(direction, shape, 0, 0, types.operands(), types.results(), bias, term);
  }

  /** As {@link FastProducts#backwardData}. */
  void backwardData(ConvolutionShape shape, Types types, Tensor dy, Tensor weights, Tensor dx) {
    long values = whole(dy, types.operands());
    int side = shape.window();
    inBlocks(
        shape,
        shape.inputs(),
        (part, first, count) -> {
          Tensor own =
              converted.buffer(
                  part, types.results(), Native.Buffer.RESULT, shape.images(), side, side, count);
          Key key =
              new Key(
                  Direction.BACKWARD_DATA,
                  shape.withInputs(count),
                  0,
                  0,
                  types.results(),
                  types.operands(),
                  false,
                  HalfTerm.WHOLE,
                  shape.inputs());
          long offset = DataType.FLOAT32.byteSize((long) first * side * side);
          workers[part]
              .convolution(key)
              .run(values, new WeightPlace(weights.address(), offset), 0, own.address(), kept);
          channels.copy(own, 0, dx, first, count);
        });
  }

  /** As {@link FastProducts#backwardWeights}. */
  void backwardWeights(
      ConvolutionShape shape, Types types, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    long values = whole(x, types.operands());
    Tensor rows = dy.reshape(shape.images(), shape.outputs());
    inBlocks(
        shape,
        shape.outputs(),
        (part, first, count) -> {
          Tensor own =
              converted.buffer(part, dy.type(), Native.Buffer.RESULT, shape.images(), count);
          channels.copy(rows, first, own, 0, count);
          Tensor weights = dWeights.slice(first * row(shape), count * row(shape));
          Tensor bias = dBias == null ? null : dBias.slice(first, count);
          for (HalfTerm term : types.terms()) {
            Key key =
                key(
                    Direction.BACKWARD_WEIGHTS,
                    shape.withOutputs(count),
                    types,
                    bias != null,
                    HalfTerm.WHOLE);
            long other = converted.address(part, own, types.operands(), term);
            gradients(part, key, values, other, term, weights, bias);
          }
        });
  }

  /** The gradients of a term, which are added to those before. */
  private void gradients(
      int part, Key key, long x, long dy, HalfTerm term, Tensor weights, Tensor bias) {
    ConvolutionPrimitive primitive = workers[part].convolution(key);
    if (term.begins()) {
      primitive.gradients(x, dy, weights.address(), bias == null ? 0 : bias.address());
      return;
    }
    Tensor moreWeights = more(part, Native.Buffer.MORE_WEIGHTS, weights);
    Tensor moreBias = bias == null ? null : more(part, Native.Buffer.MORE_BIAS, bias);
    primitive.gradients(x, dy, moreWeights.address(), moreBias == null ? 0 : moreBias.address());
    converted.elementwise(part).add(weights, moreWeights, weights);
    if (bias != null) {
      converted.elementwise(part).add(bias, moreBias, bias);
    }
  }

  private Tensor more(int part, Native.Buffer use, Tensor like) {
    return converted.buffer(part, DataType.FLOAT32, use, like.shape());
  }
}
