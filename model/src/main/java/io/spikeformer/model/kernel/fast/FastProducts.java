package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.Direction;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.Key;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.WeightPlace;
import io.spikeformer.model.kernel.fast.Piece.Division;
import io.spikeformer.model.kernel.fast.Piece.Side;
import java.util.List;

/**
 * Convolutions on oneDNN, divided by images, or by rows where there are fewer images than threads:
 * each thread of the team runs single-threaded primitives on its own.
 *
 * <p>So there is one team of threads, not a second one of OpenMP that spins against it. The number
 * of threads fixes the order of every sum. Products are computed in bfloat16 where both operands
 * are and the machine can, with float32 accumulation; else in float32, converting in scratch
 * memory. Bits are expanded there to the other operand's type, unless so few are set that adding up
 * what they name is faster ({@link EventProducts}).
 */
final class FastProducts {
  // bytes of inputs that are converted at a time
  private static final long MOST_CONVERTED = 4L << 20;

  private final Team team;
  private final Worker[] workers;
  private final Scratch[] scratch;
  private final FastElementwise elementwise;
  private final Operands converted;
  private final LinearProducts linear;
  private final ProductTypes types;
  private final boolean tiles;
  private final EventProducts events;
  private final KeptWeights kept = new KeptWeights();

  FastProducts(
      Team team,
      Worker[] workers,
      Scratch[] scratch,
      FastElementwise elementwise,
      SpikeProducts choice) {
    this(team, workers, scratch, elementwise, choice, DenseForm.hasTiles());
  }

  /**
   * Products as a processor with or without AMX computes them.
   *
   * @param tiles whether it has AMX
   */
  FastProducts(
      Team team,
      Worker[] workers,
      Scratch[] scratch,
      FastElementwise elementwise,
      SpikeProducts choice,
      boolean tiles) {
    this.team = team;
    this.workers = workers;
    this.scratch = scratch;
    this.elementwise = elementwise;
    this.converted = new Operands(workers, scratch);
    this.types = new ProductTypes(computesBfloat16(workers[0]));
    this.tiles = tiles && types.bfloat16();
    this.events = new EventProducts(choice, team, scratch, kept);
    this.linear = new LinearProducts(team, workers, converted, elementwise, kept);
  }

  private static boolean computesBfloat16(Worker worker) {
    ConvolutionShape shape = new ConvolutionShape(1, 8, 8, 32, 32, 3, 1, 1, false);
    try {
      for (Direction direction : Direction.values()) {
        worker.convolution(key(direction, shape, DataType.BFLOAT16));
      }
      return true;
    } catch (IllegalStateException unsupported) {
      return false;
    }
  }

  private static Key key(Direction direction, ConvolutionShape shape, DataType type) {
    int padding = shape.padding();
    return Key.of(direction, shape, padding, padding, type, type, false, HalfTerm.WHOLE);
  }

  KeptWeights kept() {
    return kept;
  }

  ProductTypes types() {
    return types;
  }

  /** Threads among which images are shared out. */
  static int parts(Team team, int images, long macs) {
    return (int) Math.max(1, Math.min(Math.min(team.size(), images), macs / Piece.WORTH_A_THREAD));
  }

  /** The first image of a part. */
  static int first(int images, int part, int parts) {
    return (int) ((long) images * part / parts);
  }

  private static long inputImage(ConvolutionShape s) {
    return (long) s.height() * s.width() * s.inputs();
  }

  private static long outputImage(ConvolutionShape s) {
    return (long) s.outputHeight() * s.outputWidth() * s.outputs();
  }

  /** The terms of the other operand of a product with an input. */
  private List<HalfTerm> terms(
      Direction direction, ConvolutionShape shape, Tensor input, DataType operands) {
    return input.type() == DataType.BIT
        ? DenseForm.of(direction, shape, operands, tiles).terms()
        : HalfTerm.ONE;
  }

  /** The type of both operands of a product in terms. */
  private static DataType typeOf(List<HalfTerm> terms, DataType operands) {
    return terms.size() == 1 ? operands : DataType.BFLOAT16;
  }

  /** target = factor * values, as many of them, float32; both may be the same. */
  private void multiply(Tensor values, float factor, Tensor target) {
    long count = values.elements();
    Drive product = Drive.affine(values.reshape(count, 1), new float[] {factor}, new float[] {0});
    elementwise.affine(product, target.reshape(count, 1));
  }

  void forward(ConvolutionShape shape, Tensor x, Tensor weights, Tensor bias, Tensor y) {
    if (!Operands.isExact(x.unit())) {
      Tensor scaled = converted.buffer(0, DataType.FLOAT32, Native.Buffer.SCALED, weights.shape());
      multiply(weights, x.unit(), scaled);
      forward(shape, x.withUnit(1), scaled, bias, y);
      return;
    }
    DataType whole = types.operand(x, x, y);
    DenseForm form = DenseForm.of(Direction.FORWARD, shape, whole, tiles);
    if (events.forwardPays(shape, x, form)) {
      events.forward(shape, x, weights, bias, y, whole);
      return;
    }
    List<HalfTerm> terms = terms(Direction.FORWARD, shape, x, whole);
    DataType operands = typeOf(terms, whole);
    DataType results = types.result(whole, y);
    if (LinearProducts.takes(shape)) {
      linear.forward(
          shape, new LinearProducts.Types(operands, results, terms), x, weights, bias, y);
      return;
    }
    Division division = Division.of(shape, Side.OUTPUT, team.size());
    long copied = copied(x, operands, inputImage(shape));
    team.run(
        division.parts(),
        part -> {
          for (Piece piece : division.pieces(part, copied, MOST_CONVERTED)) {
            Tensor target = y.slice(piece.output(), piece.outputs());
            Tensor computed = converted.result(part, target, results);
            Tensor source = x.slice(piece.input(), piece.inputs());
            long values = converted.address(part, source, operands, Native.Buffer.FIRST);
            for (HalfTerm term : terms) {
              Key key =
                  Key.of(
                      Direction.FORWARD,
                      piece.shape(),
                      piece.above(),
                      piece.below(),
                      operands,
                      results,
                      bias != null && term.begins(),
                      term);
              workers[part]
                  .convolution(key)
                  .run(
                      values,
                      new WeightPlace(weights.address(), 0),
                      bias == null ? 0 : bias.address(),
                      computed.address(),
                      kept);
            }
            converted.deliver(part, computed, target);
          }
        });
  }

  /** Bytes of an image's copy in a type; 0 if it is there. */
  private static long copied(Tensor tensor, DataType type, long image) {
    return tensor.type() == type ? 0 : type.byteSize(image);
  }

  void backwardData(ConvolutionShape shape, Tensor dy, Tensor weights, Tensor dx) {
    DataType operands = types.operand(dy, dy, dx);
    DataType results = types.result(operands, dx);
    if (LinearProducts.takes(shape)) {
      linear.backwardData(
          shape, new LinearProducts.Types(operands, results, HalfTerm.ONE), dy, weights, dx);
      return;
    }
    Division division = Division.of(shape, Side.INPUT, team.size());
    long copied = copied(dy, operands, outputImage(shape));
    team.run(
        division.parts(),
        part -> {
          for (Piece piece : division.pieces(part, copied, MOST_CONVERTED)) {
            Tensor target = dx.slice(piece.input(), piece.inputs());
            Tensor computed = converted.result(part, target, results);
            Tensor source = dy.slice(piece.output(), piece.outputs());
            Key key =
                Key.of(
                    Direction.BACKWARD_DATA,
                    piece.shape(),
                    piece.above(),
                    piece.below(),
                    results,
                    operands,
                    false,
                    HalfTerm.WHOLE);
            workers[part]
                .convolution(key)
                .run(
                    converted.address(part, source, operands, Native.Buffer.FIRST),
                    new WeightPlace(weights.address(), 0),
                    0,
                    computed.address(),
                    kept);
            converted.deliver(part, computed, target);
          }
        });
  }

  void backwardWeights(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    if (!Operands.isExact(x.unit())) {
      backwardWeights(shape, x.withUnit(1), dy, dWeights, dBias);
      multiply(dWeights, x.unit(), dWeights);
      return;
    }
    if (shape.depthwise() && shape.stride() == 1) {
      depthwiseWeights(shape, x, dy, dWeights, dBias);
      return;
    }
    DataType operands = types.operand(x, dy, dWeights);
    DenseForm dense = DenseForm.of(Direction.BACKWARD_WEIGHTS, shape, operands, tiles);
    if (events.gradientPays(shape, x, dense)) {
      events.backwardWeights(shape, x, dy, dWeights, dBias);
      return;
    }
    List<HalfTerm> terms = terms(Direction.BACKWARD_WEIGHTS, shape, x, operands);
    DataType type = typeOf(terms, operands);
    if (LinearProducts.takes(shape)) {
      linear.backwardWeights(
          shape, new LinearProducts.Types(type, type, terms), x, dy, dWeights, dBias);
      return;
    }
    Division division = Division.of(shape, Side.OUTPUT, team.size());
    int parts = division.parts();
    Tensor[] weightParts = new Tensor[parts];
    Tensor[] biasParts = new Tensor[parts];
    long copied =
        Math.max(copied(x, type, inputImage(shape)), copied(dy, type, outputImage(shape)));
    // every further piece needs weights of its own
    long most = Math.max(MOST_CONVERTED, DataType.FLOAT32.byteSize(shape.weights()));
    team.run(
        parts,
        part -> {
          weightParts[part] = partial(part, dWeights, Native.Buffer.PARTIAL_WEIGHTS);
          biasParts[part] = partial(part, dBias, Native.Buffer.PARTIAL_BIAS);
          boolean begins = true;
          for (Piece piece : division.pieces(part, copied, most)) {
            Tensor out = dy.slice(piece.output(), piece.outputs());
            Key key =
                Key.of(
                    Direction.BACKWARD_WEIGHTS,
                    piece.shape(),
                    piece.above(),
                    piece.below(),
                    type,
                    type,
                    dBias != null,
                    HalfTerm.WHOLE);
            Tensor source = x.slice(piece.input(), piece.inputs());
            long values = converted.address(part, source, type, Native.Buffer.FIRST);
            for (HalfTerm term : terms) {
              Tensor weightSum = weightParts[part];
              Tensor biasSum = biasParts[part];
              boolean more = !begins;
              begins = false;
              Tensor weights = more ? moreWeights(part, dWeights) : weightSum;
              Tensor bias = more ? moreBias(part, dBias) : biasSum;
              workers[part]
                  .convolution(key)
                  .gradients(
                      values,
                      converted.address(part, out, type, term),
                      weights.address(),
                      bias == null ? 0 : bias.address());
              if (more) {
                converted.elementwise(part).add(weightSum, weights, weightSum);
                if (bias != null) {
                  converted.elementwise(part).add(biasSum, bias, biasSum);
                }
              }
            }
          }
        });
    for (int part = 1; part < parts; part++) {
      elementwise.add(dWeights, weightParts[part], dWeights);
      if (dBias != null) {
        elementwise.add(dBias, biasParts[part], dBias);
      }
    }
  }

  /** Part 0 computes in place, the others in buffers that are added afterwards, in their order. */
  private Tensor partial(int part, Tensor tensor, Native.Buffer use) {
    return part == 0 || tensor == null
        ? tensor
        : converted.buffer(part, DataType.FLOAT32, use, tensor.shape());
  }

  private Tensor moreWeights(int part, Tensor dWeights) {
    return converted.buffer(part, DataType.FLOAT32, Native.Buffer.MORE_WEIGHTS, dWeights.shape());
  }

  private Tensor moreBias(int part, Tensor dBias) {
    return dBias == null
        ? null
        : converted.buffer(part, DataType.FLOAT32, Native.Buffer.MORE_BIAS, dBias.shape());
  }

  private void depthwiseWeights(
      ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    Division division = Division.of(shape, Side.OUTPUT, team.size());
    DepthwiseGradient[] gradients = new DepthwiseGradient[division.parts()];
    team.run(
        division.parts(),
        part -> {
          gradients[part] = new DepthwiseGradient(shape, dBias != null, scratch[part]);
          // nothing is copied as a whole: one piece
          division.pieces(part, 0, 1).forEach(piece -> gradients[part].add(x, dy, piece));
        });
    DepthwiseGradient.combine(gradients, dWeights, dBias);
  }
}
