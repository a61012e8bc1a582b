package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.Direction;
import io.spikeformer.model.kernel.fast.ConvolutionPrimitive.Key;
import java.util.List;

/**
 * Convolutions and matrix products on oneDNN, divided by images: each thread of the team runs
 * single-threaded primitives on its own images.
 *
 * <p>So there is one team of threads, not a second one of OpenMP that spins against it. The number
 * of threads fixes the order of every sum. Products are computed in bfloat16 where both operands
 * are and the machine can, with float32 accumulation; else in float32, converting in scratch
 * memory. Bits are expanded there to the other operand's type, unless so few are set that adding up
 * what they name is faster ({@link EventProducts}).
 */
final class FastProducts {
  private static final long WORTH_A_THREAD = 250_000;
  // bytes of images that are converted at a time
  private static final long MOST_CONVERTED = 16L << 20;

  private final Team team;
  private final Worker[] workers;
  private final Scratch[] scratch;
  private final FastElementwise elementwise;
  private final FastElementwise[] single;
  private final boolean bfloat16;
  private final boolean tiles;
  private final EventProducts events;
  private final KeptWeights kept = new KeptWeights();

  FastProducts(Team team, Worker[] workers, Scratch[] scratch, FastElementwise elementwise) {
    this(team, workers, scratch, elementwise, DenseForm.hasTiles());
  }

  /**
   * Products as a processor with or without AMX computes them.
   *
   * @param tiles whether it has AMX
   */
  FastProducts(
      Team team, Worker[] workers, Scratch[] scratch, FastElementwise elementwise, boolean tiles) {
    this.team = team;
    this.workers = workers;
    this.scratch = scratch;
    this.elementwise = elementwise;
    this.single = new FastElementwise[scratch.length];
    for (int i = 0; i < scratch.length; i++) {
      single[i] = new FastElementwise(new Team(1, () -> {}), new Scratch[] {scratch[i]});
    }
    this.bfloat16 = computesBfloat16(workers[0]);
    this.tiles = tiles && bfloat16;
    this.events = new EventProducts(team, scratch, kept);
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
    return new Key(direction, shape, type, type, false, HalfTerm.WHOLE);
  }

  KeptWeights kept() {
    return kept;
  }

  boolean bfloat16() {
    return bfloat16;
  }

  private int parts(int images, long macs) {
    return (int) Math.max(1, Math.min(Math.min(team.size(), images), macs / WORTH_A_THREAD));
  }

  private static int first(int images, int part, int parts) {
    return (int) ((long) images * part / parts);
  }

  private static long inputImage(ConvolutionShape s) {
    return (long) s.height() * s.width() * s.inputs();
  }

  private static long outputImage(ConvolutionShape s) {
    return (long) s.outputHeight() * s.outputWidth() * s.outputs();
  }

  /**
   * The type to compute in: bfloat16 if it holds all operands exactly and the machine can. Bits fit
   * any type: the other operand decides, or else the result.
   */
  private DataType operandType(Tensor first, Tensor second, Tensor result) {
    DataType type = first.type() == DataType.BIT ? second.type() : first.type();
    if (type == DataType.BIT) {
      type = result.type();
    } else if (second.type() == DataType.FLOAT32) {
      type = DataType.FLOAT32;
    }
    return type == DataType.BFLOAT16 && bfloat16 ? type : DataType.FLOAT32;
  }

  /** The type in which oneDNN gives the result of operands of a type. */
  private static DataType resultType(DataType operands, Tensor result) {
    return operands == DataType.FLOAT32 ? DataType.FLOAT32 : result.type();
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

  /** Address of a tensor's values in a type: its own, or those of a converted copy. */
  private long operand(int part, Tensor tensor, DataType type, Native.Buffer copy) {
    if (tensor.type() == type) {
      return tensor.address();
    }
    Tensor converted = buffer(part, tensor, type, copy);
    single[part].affine(Drive.of(tensor), converted);
    return converted.address();
  }

  /** Likewise of a term of them, in the second buffer. */
  private long operand(int part, Tensor tensor, DataType type, HalfTerm term) {
    if (term == HalfTerm.WHOLE) {
      return operand(part, tensor, type, Native.Buffer.SECOND);
    }
    Tensor converted = buffer(part, tensor, type, Native.Buffer.SECOND);
    term.write(tensor, converted);
    return converted.address();
  }

  /** Where to compute a result of a type: the tensor itself, or a buffer. */
  private Tensor result(int part, Tensor tensor, DataType type) {
    return tensor.type() == type ? tensor : buffer(part, tensor, type, Native.Buffer.RESULT);
  }

  private Tensor buffer(int part, Tensor tensor, DataType type, Native.Buffer use) {
    long address = workers[part].context.buffer(use, type.byteSize(tensor.elements()));
    return Tensor.view(type, address, tensor.shape());
  }

  private void deliver(int part, Tensor computed, Tensor tensor) {
    if (computed != tensor) {
      single[part].affine(Drive.of(computed), tensor);
    }
  }

  void forward(ConvolutionShape shape, Tensor x, Tensor weights, Tensor bias, Tensor y) {
    DataType operands = operandType(x, x, y);
    if (events.forwardPays(shape, x, DenseForm.of(Direction.FORWARD, shape, operands, tiles))) {
      events.forward(shape, x, weights, bias, y, operands);
      return;
    }
    run(Direction.FORWARD, shape, x, inputImage(shape), weights, bias, y, outputImage(shape));
  }

  void backwardData(ConvolutionShape shape, Tensor dy, Tensor weights, Tensor dx) {
    run(
        Direction.BACKWARD_DATA,
        shape,
        dy,
        outputImage(shape),
        weights,
        null,
        dx,
        inputImage(shape));
  }

  private void run(
      Direction direction,
      ConvolutionShape shape,
      Tensor from,
      long fromImage,
      Tensor weights,
      Tensor bias,
      Tensor to,
      long toImage) {
    int parts = parts(shape.images(), shape.macs());
    DataType whole = operandType(from, from, to);
    DataType results = resultType(whole, to);
    boolean forward = direction == Direction.FORWARD;
    List<HalfTerm> terms = terms(direction, shape, from, whole);
    DataType operands = typeOf(terms, whole);
    int most = atATime(from, operands, fromImage);
    team.run(
        parts,
        part -> {
          int end = first(shape.images(), part + 1, parts);
          int images;
          for (int first = first(shape.images(), part, parts); first < end; first += images) {
            images = Math.min(most, end - first);
            Tensor target = to.slice(first * toImage, images * toImage);
            Tensor computed = result(part, target, results);
            Tensor source = from.slice(first * fromImage, images * fromImage);
            long values = operand(part, source, operands, Native.Buffer.FIRST);
            for (HalfTerm term : terms) {
              Key key =
                  new Key(
                      direction,
                      shape.withImages(images),
                      forward ? operands : results,
                      forward ? results : operands,
                      bias != null && term.begins(),
                      term);
              workers[part]
                  .convolution(key)
                  .run(
                      values,
                      weights.address(),
                      bias == null ? 0 : bias.address(),
                      computed.address(),
                      kept);
            }
            deliver(part, computed, target);
          }
        });
  }

  /** Images to handle at a time: all, or as many as the buffer for converted ones may hold. */
  private static int atATime(Tensor tensor, DataType type, long image) {
    return tensor.type() == type
        ? Integer.MAX_VALUE
        : (int) Math.max(1, MOST_CONVERTED / type.byteSize(image));
  }

  void backwardWeights(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    int parts = parts(shape.images(), shape.macs());
    if (shape.depthwise() && shape.stride() == 1) {
      depthwiseWeights(shape, parts, x, dy, dWeights, dBias);
      return;
    }
    DataType operands = operandType(x, dy, dWeights);
    DenseForm dense = DenseForm.of(Direction.BACKWARD_WEIGHTS, shape, operands, tiles);
    if (events.gradientPays(shape, x, dense)) {
      events.backwardWeights(shape, x, dy, dWeights, dBias);
      return;
    }
    List<HalfTerm> terms = terms(Direction.BACKWARD_WEIGHTS, shape, x, operands);
    DataType type = typeOf(terms, operands);
    Tensor[] weightParts = new Tensor[parts];
    Tensor[] biasParts = new Tensor[parts];
    int most = Math.min(atATime(x, type, inputImage(shape)), atATime(dy, type, outputImage(shape)));
    team.run(
        parts,
        part -> {
          weightParts[part] = partial(part, dWeights, Native.Buffer.PARTIAL_WEIGHTS);
          biasParts[part] = partial(part, dBias, Native.Buffer.PARTIAL_BIAS);
          int end = first(shape.images(), part + 1, parts);
          int begin = first(shape.images(), part, parts);
          int images;
          for (int first = begin; first < end; first += images) {
            images = Math.min(most, end - first);
            Tensor in = x.slice(first * inputImage(shape), images * inputImage(shape));
            Tensor out = dy.slice(first * outputImage(shape), images * outputImage(shape));
            Key key =
                new Key(
                    Direction.BACKWARD_WEIGHTS,
                    shape.withImages(images),
                    type,
                    type,
                    dBias != null,
                    HalfTerm.WHOLE);
            long values = operand(part, in, type, Native.Buffer.FIRST);
            for (HalfTerm term : terms) {
              Tensor weightSum = weightParts[part];
              Tensor biasSum = biasParts[part];
              boolean more = first > begin || !term.begins();
              Tensor weights = more ? moreWeights(part, dWeights) : weightSum;
              Tensor bias = more ? moreBias(part, dBias) : biasSum;
              workers[part]
                  .convolution(key)
                  .gradients(
                      values,
                      operand(part, out, type, term),
                      weights.address(),
                      bias == null ? 0 : bias.address());
              if (more) {
                single[part].add(weightSum, weights, weightSum);
                if (bias != null) {
                  single[part].add(biasSum, bias, biasSum);
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
    return part == 0 || tensor == null ? tensor : buffer(part, tensor, DataType.FLOAT32, use);
  }

  private Tensor moreWeights(int part, Tensor dWeights) {
    return buffer(part, dWeights, DataType.FLOAT32, Native.Buffer.MORE_WEIGHTS);
  }

  private Tensor moreBias(int part, Tensor dBias) {
    return dBias == null ? null : buffer(part, dBias, DataType.FLOAT32, Native.Buffer.MORE_BIAS);
  }

  private void depthwiseWeights(
      ConvolutionShape shape, int parts, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    DepthwiseGradient[] gradients = new DepthwiseGradient[parts];
    team.run(
        parts,
        part -> {
          gradients[part] = new DepthwiseGradient(shape, dBias != null, scratch[part]);
          gradients[part].add(
              x, dy, first(shape.images(), part, parts), first(shape.images(), part + 1, parts));
        });
    DepthwiseGradient.combine(gradients, dWeights, dBias);
  }

  void matmul(MatmulShape shape, Tensor a, Tensor b, Tensor c) {
    int parts = parts(shape.images(), shape.macs());
    DataType operands = operandType(a, b, c);
    DataType results = resultType(operands, c);
    if (a.type() != operands || b.type() != operands || c.type() != results) {
      convertedMatmul(shape, a, b, c, operands, results);
      return;
    }
    team.run(
        parts,
        part -> {
          int first = first(shape.images(), part, parts);
          int images = first(shape.images(), part + 1, parts) - first;
          MatmulShape own =
              new MatmulShape(
                  images,
                  shape.heads(),
                  shape.rows(),
                  shape.inner(),
                  shape.columns(),
                  shape.a(),
                  shape.b(),
                  shape.c());
          workers[part]
              .product(new ProductPrimitive.Key(own, operands, results))
              .run(
                  a.address() + operands.byteSize(first * shape.a().image()),
                  b.address() + operands.byteSize(first * shape.b().image()),
                  c.address() + results.byteSize(first * shape.c().image()));
        });
  }

  /** Through whole converted copies of the operands, which keep their strides. */
  private void convertedMatmul(
      MatmulShape shape, Tensor a, Tensor b, Tensor c, DataType operands, DataType results) {
    Tensor left = converted(a, operands, Native.Buffer.FIRST);
    Tensor right = converted(b, operands, Native.Buffer.SECOND);
    // C may have gaps between its elements, which must keep their values
    Tensor product = converted(c, results, Native.Buffer.RESULT);
    matmul(shape, left, right, product);
    if (product != c) {
      elementwise.affine(Drive.of(product), c);
    }
  }

  private Tensor converted(Tensor tensor, DataType type, Native.Buffer use) {
    if (tensor.type() == type) {
      return tensor;
    }
    Tensor copy = buffer(0, tensor, type, use);
    elementwise.affine(Drive.of(tensor), copy);
    return copy;
  }
}
