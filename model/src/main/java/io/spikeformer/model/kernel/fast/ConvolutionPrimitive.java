package io.spikeformer.model.kernel.fast;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_data_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_weights_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_exec_arg_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * One direction of a convolution on one thread, with the reordering between PyTorch's order of
 * weights and the one that oneDNN computes in.
 */
final class ConvolutionPrimitive implements Worker.Compiled {
  /** Which of the three products of a convolution. */
  enum Direction {
    FORWARD,
    BACKWARD_DATA,
    BACKWARD_WEIGHTS
  }

  /**
   * The key that a primitive is compiled for.
   *
   * @param above rows of zeros above the shape's; its padding stands left and right
   * @param below rows of zeros below them
   * @param input type of x, or of dx
   * @param output type of y, or of dy
   * @param term of the weights; those after the first add to y
   * @param rowInputs inputs of a row of the weights, of which the shape's are some that follow each
   *     other
   */
  record Key(
      Direction direction,
      ConvolutionShape shape,
      int above,
      int below,
      DataType input,
      DataType output,
      boolean bias,
      HalfTerm term,
      int rowInputs) {
    /** Of whole rows of weights. */
    static Key of(
        Direction direction,
        ConvolutionShape shape,
        int above,
        int below,
        DataType input,
        DataType output,
        boolean bias,
        HalfTerm term) {
      return new Key(direction, shape, above, below, input, output, bias, term, shape.inputs());
    }

    int outputHeight() {
      return (shape.height() + above + below - shape.window()) / shape.stride() + 1;
    }
  }

  /**
   * Where weights are.
   *
   * @param all address of all weights of a layer
   * @param offset in bytes of those of a primitive
   */
  record WeightPlace(long all, long offset) {
    long address() {
      return all + offset;
    }
  }

  private final Native context;
  private final HalfTerm term;
  private final long weights;
  // what ordered weights are found by: primitives for other numbers of images share them
  private final List<Object> order;
  private final Primitive main;
  // null where oneDNN computes in PyTorch's order
  private final Primitive reorder;
  private final long weightBytes;

  ConvolutionPrimitive(Native context, Key key) {
    this.context = context;
    dnnl_memory_desc plain = plainWeights(key);
    dnnl_primitive_desc description = describe(context, key);
    boolean toPlain = key.direction() == Direction.BACKWARD_WEIGHTS;
    dnnl_memory_desc weights =
        dnnl_primitive_desc_query_md(
            description,
            dnnl_query_exec_arg_md,
            toPlain ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS);
    this.term = key.term();
    this.weights = key.shape().weights();
    this.order = List.of(term, Native.order(weights));
    this.weightBytes = dnnl_memory_desc_get_size(weights);
    this.main = new Primitive(context, description, arguments(key));
    if (dnnl_memory_desc_equal(weights, plain) != 0) {
      this.reorder = null;
    } else {
      this.reorder = toPlain ? reorder(weights, plain) : reorder(plain, weights);
    }
    dnnl_primitive_desc_destroy(description);
    dnnl_memory_desc_destroy(plain);
  }

  private static int[] arguments(Key key) {
    switch (key.direction()) {
      case FORWARD:
        return key.bias()
            ? new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS}
            : new int[] {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST};
      case BACKWARD_DATA:
        return new int[] {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC};
      default:
        return key.bias()
            ? new int[] {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_BIAS}
            : new int[] {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_WEIGHTS};
    }
  }

  private static dnnl_memory_desc plainWeights(Key key) {
    ConvolutionShape shape = key.shape();
    if (key.rowInputs() == shape.inputs()) {
      return Native.layout(
          DataType.FLOAT32, shape.depthwise() ? dnnl.dnnl_goihw : dnnl.dnnl_oihw, sizes(shape));
    }
    long k = shape.window();
    long[] strides = {k * k * key.rowInputs(), k * k, k, 1};
    return Native.strided(DataType.FLOAT32, sizes(shape), strides);
  }

  /** [outputs, inputs, k, k], or [groups, 1, 1, k, k]. */
  private static long[] sizes(ConvolutionShape shape) {
    int k = shape.window();
    return shape.depthwise()
        ? new long[] {shape.outputs(), 1, 1, k, k}
        : new long[] {shape.outputs(), shape.inputs(), k, k};
  }

  private static dnnl_primitive_desc describe(Native context, Key key) {
    ConvolutionShape shape = key.shape();
    dnnl_memory_desc input =
        Native.layout(
            key.input(),
            dnnl.dnnl_nhwc,
            shape.images(),
            shape.inputs(),
            shape.height(),
            shape.width());
    dnnl_memory_desc output =
        shape.linear()
            ? Native.layout(key.output(), dnnl.dnnl_nc, shape.images(), shape.outputs())
            : Native.layout(
                key.output(),
                dnnl.dnnl_nhwc,
                shape.images(),
                shape.outputs(),
                key.outputHeight(),
                shape.outputWidth());
    DataType weightType =
        switch (key.direction()) {
          case FORWARD -> key.input();
          case BACKWARD_DATA -> key.output();
          case BACKWARD_WEIGHTS -> DataType.FLOAT32;
        };
    dnnl_memory_desc weights = Native.layout(weightType, dnnl.dnnl_format_tag_any, sizes(shape));
    dnnl_memory_desc bias =
        key.bias() ? Native.layout(DataType.FLOAT32, dnnl.dnnl_x, shape.outputs()) : null;
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    int status = create(context, key, description, input, weights, bias, output);
    dnnl_memory_desc_destroy(input);
    dnnl_memory_desc_destroy(output);
    dnnl_memory_desc_destroy(weights);
    if (bias != null) {
      dnnl_memory_desc_destroy(bias);
    }
    Native.check(status, "describing " + key);
    return description;
  }

  private static int create(
      Native context,
      Key key,
      dnnl_primitive_desc result,
      dnnl_memory_desc input,
      dnnl_memory_desc weights,
      dnnl_memory_desc bias,
      dnnl_memory_desc output) {
    if (key.shape().linear()) {
      boolean adds = !key.term().begins() && key.direction() == Direction.FORWARD;
      return LinearDescription.create(
          context,
          key.direction(),
          result,
          input,
          weights,
          bias,
          output,
          adds ? context.adding : context.attributes);
    }
    long[] strides = {key.shape().stride(), key.shape().stride()};
    long[] dilation = {0, 0};
    long[] paddingFrom = {key.above(), key.shape().padding()};
    long[] paddingTo = {key.below(), key.shape().padding()};
    int algorithm = dnnl.dnnl_convolution_direct;
    switch (key.direction()) {
      case FORWARD:
        return dnnl_convolution_forward_primitive_desc_create(
            result,
            context.engine,
            dnnl.dnnl_forward_inference,
            algorithm,
            input,
            weights,
            bias,
            output,
            strides,
            dilation,
            paddingFrom,
            paddingTo,
            key.term().begins() ? context.attributes : context.adding);
      case BACKWARD_DATA:
        return dnnl_convolution_backward_data_primitive_desc_create(
            result,
            context.engine,
            algorithm,
            input,
            weights,
            output,
            strides,
            dilation,
            paddingFrom,
            paddingTo,
            null,
            context.attributes);
      default:
        return dnnl_convolution_backward_weights_primitive_desc_create(
            result,
            context.engine,
            algorithm,
            input,
            weights,
            bias,
            output,
            strides,
            dilation,
            paddingFrom,
            paddingTo,
            null,
            context.attributes);
    }
  }

  private Primitive reorder(dnnl_memory_desc from, dnnl_memory_desc to) {
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Native.check(
        dnnl_reorder_primitive_desc_create(
            description, from, context.engine, to, context.engine, context.attributes),
        "describing a reorder");
    Primitive result = new Primitive(context, description, DNNL_ARG_FROM, DNNL_ARG_TO);
    dnnl_primitive_desc_destroy(description);
    return result;
  }

  /** y from x, or dx from dy; addresses; the bias is ignored unless the key has one. */
  void run(long from, WeightPlace weights, long bias, long to, KeptWeights kept) {
    main.run(from, reorder == null ? weights.address() : ordered(weights, kept), to, bias);
  }

  private long ordered(WeightPlace place, KeptWeights kept) {
    Object key = place.offset() == 0 ? order : List.of(order, place.offset());
    long address = place.address();
    Ordered form = kept.find(place.all(), Ordered.class, key, () -> new Ordered(this, address));
    if (form != null) {
      return form.memory.address();
    }
    long ordered = context.buffer(Native.Buffer.WEIGHTS, weightBytes);
    order(address, ordered);
    return ordered;
  }

  /** Puts the term of the weights in oneDNN's order. */
  private void order(long address, long ordered) {
    if (term == HalfTerm.WHOLE) {
      reorder.run(address, ordered);
      return;
    }
    long own = context.buffer(Native.Buffer.TERM, DataType.FLOAT32.byteSize(weights));
    term.write(
        Tensor.view(DataType.FLOAT32, address, weights),
        Tensor.view(DataType.FLOAT32, own, weights));
    reorder.run(own, ordered);
  }

  /** Weights in oneDNN's order. */
  private static final class Ordered implements AutoCloseable {
    private final Tensor memory;

    Ordered(ConvolutionPrimitive primitive, long weights) {
      memory = Tensor.allocate(DataType.BIT, primitive.weightBytes * DataType.PER_BYTE);
      primitive.order(weights, memory.address());
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  /** dWeights and, if the key says so, dBias; addresses. */
  void gradients(long x, long dy, long dWeights, long dBias) {
    if (reorder == null) {
      main.run(x, dy, dWeights, dBias);
    } else {
      long ordered = context.buffer(Native.Buffer.WEIGHTS, weightBytes);
      main.run(x, dy, ordered, dBias);
      reorder.run(ordered, dWeights);
    }
  }

  @Override
  public void close() {
    main.close();
    if (reorder != null) {
      reorder.close();
    }
  }
}
