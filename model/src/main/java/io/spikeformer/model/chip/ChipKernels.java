package io.spikeformer.model.chip;

import io.spikeformer.common.UserException;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Kernels that run the products of a network of integers in one of two forms: integers at once, or
 * binary spikes slot by slot. All else is that of other kernels.
 *
 * <p>Both keep the integers of every layer of neurons, to be compared. A slot sends a spike for
 * every integer that is large enough; biases are added once a timestep; neurons fire when all slots
 * have come. A product of real numbers, that of the first layer, runs once a timestep.
 */
final class ChipKernels {
  /** How integers are sent. */
  enum Form {
    /** At once. */
    INTEGERS,
    /** As binary spikes, slot by slot. */
    SPIKES
  }

  private final Kernels base;
  private final ChipArithmetic arithmetic;
  private final ExpansionCounts counts;
  private final Map<Long, ExactWeights> exact = new LinkedHashMap<>();
  private final Map<Long, TransposedWeights> transposed = new LinkedHashMap<>();
  private final FiredIntegers fired;
  private Map<Long, String> names = new LinkedHashMap<>();
  private Form form = Form.INTEGERS;
  private String layer = "";

  /**
   * Kernels for a network.
   *
   * @param levels its largest integer
   */
  ChipKernels(Kernels base, ChipArithmetic arithmetic, ExpansionCounts counts, int levels) {
    fired = new FiredIntegers(levels);
    this.base = base;
    this.arithmetic = arithmetic;
    this.counts = counts;
  }

  /** The kernels. */
  Kernels kernels() {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, this::call);
  }

  private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "convolution" -> {
        if (readsIntegers((Tensor) arguments[1], (Tensor) arguments[2])) {
          convolution(
              (ConvolutionShape) arguments[0],
              (Tensor) arguments[1],
              (Tensor) arguments[2],
              (Tensor) arguments[3],
              (Tensor) arguments[4]);
          return null;
        }
      }
      // in evaluation, a transposed convolution
      case "convolutionBackwardData" -> {
        if (readsIntegers((Tensor) arguments[1], (Tensor) arguments[2])) {
          transposed(
              (ConvolutionShape) arguments[0],
              (Tensor) arguments[1],
              (Tensor) arguments[2],
              (Tensor) arguments[3]);
          return null;
        }
      }
      case "matmul" -> {
        if (form == Form.SPIKES) {
          matmul(
              (MatmulShape) arguments[0],
              (Tensor) arguments[1],
              (Tensor) arguments[2],
              (Tensor) arguments[3]);
          return null;
        }
      }
      case "fire" -> requirePlanes((Tensor) arguments[4]);
      default -> {
        // as it is
      }
    }
    try {
      Object result = method.invoke(base, arguments);
      if (method.getName().equals("fire")) {
        fired.layers().add(SpikeProducts.planes((Tensor) arguments[4]));
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Notes the layer of a product; the first one alone may read real numbers. */
  private boolean readsIntegers(Tensor x, Tensor weights) {
    layer = names.getOrDefault(weights.address(), "a layer");
    boolean integers = x.type() == DataType.BIT;
    if (!integers && !fired.layers().isEmpty()) {
      throw new UserException(
          "expand: layer %s: expected one that reads spikes, found one that multiplies real"
              + " numbers; leave --expand out",
          layer);
    }
    return integers;
  }

  private void requirePlanes(Tensor spikes) {
    if (spikes.planes() == 1) {
      throw new UserException(
          "expand: neurons behind layer %s: expected a multiple of %s channels, found %s; expand"
              + " models of other widths",
          layer, DataType.PER_BYTE, spikes.channels());
    }
  }

  /** Takes the names of layers by the addresses of their weights, which stay as they are. */
  void names(Map<Long, String> newNames) {
    names = new LinkedHashMap<>(newNames);
    exact.clear();
    close();
  }

  /** Frees what was derived from weights. */
  void close() {
    transposed.values().forEach(TransposedWeights::close);
    transposed.clear();
  }

  /** Begins a pass in a form. */
  void begin(Form newForm) {
    form = newForm;
    fired.layers().clear();
  }

  /** The integers of the layers of neurons since {@link #begin}, in the order of the pass. */
  FiredIntegers fired() {
    return fired.kept();
  }

  private void convolution(
      ConvolutionShape shape, Tensor x, Tensor weights, Tensor bias, Tensor y) {
    if (arithmetic == ChipArithmetic.EXACT) {
      ExactWeights whole =
          exact.computeIfAbsent(
              weights.address(), address -> ExactWeights.of(shape, weights, x.planes()));
      count(layer, new SpikeConvolution(base, shape, whole).run(x, bias, y, form));
    } else if (form == Form.INTEGERS) {
      base.convolution(shape, x, weights, bias, y);
    } else {
      slots(shape, x, weights, bias, y);
    }
  }

  private void transposed(ConvolutionShape shape, Tensor x, Tensor weights, Tensor y) {
    if (arithmetic == ChipArithmetic.FLOAT32 && form == Form.INTEGERS) {
      base.convolutionBackwardData(shape, x, weights, y);
      return;
    }
    Tensor ordered =
        transposed
            .computeIfAbsent(weights.address(), address -> TransposedWeights.of(shape, weights))
            .weights();
    try (Tensor places = TransposedWeights.buffer(shape)) {
      convolution(TransposedWeights.pointwise(shape), x, ordered, null, places);
      TransposedWeights.place(shape, places, y);
    }
  }

  private void count(String name, long additions) {
    if (form == Form.SPIKES) {
      counts.addAdditions(name, additions);
    }
  }

  /** The sum over the slots in float32, where each is a product of spikes. */
  private void slots(ConvolutionShape shape, Tensor x, Tensor weights, Tensor bias, Tensor y) {
    try (Tensor sum = Tensor.allocate(DataType.FLOAT32, y.shape());
        Tensor product = Tensor.allocate(DataType.FLOAT32, y.shape());
        Tensor spikes = Tensor.allocateIntegers(1, x.unit(), x.shape())) {
      for (int slot = 0; slot < x.planes(); slot++) {
        plane(x, slot, spikes);
        base.convolution(shape, spikes, weights, slot == 0 ? bias : null, product);
        count(layer, windows(shape, spikes));
        if (slot == 0) {
          sum.copyFrom(product);
        } else {
          base.add(sum, product, sum);
        }
      }
      base.affine(Drive.of(sum), y);
    }
  }

  private static void plane(Tensor x, int slot, Tensor spikes) {
    ByteBuffer planes = x.bytes(0, x.elements());
    ByteBuffer bits = spikes.bytes(0, x.elements());
    for (int i = 0; i < bits.limit(); i++) {
      bits.put(i, planes.get(i * x.planes() + slot));
    }
  }

  /** Additions of spikes: outputs for every window that a spike lies under. */
  private static long windows(ConvolutionShape shape, Tensor spikes) {
    byte[] fired = SpikeProducts.integers(spikes);
    long windows = 0;
    for (int i = 0; i < fired.length; i++) {
      if (fired[i] != 0) {
        int pixel = i / shape.inputs();
        windows +=
            (long) reached(pixel % shape.width(), shape.outputWidth(), shape)
                * reached(pixel / shape.width() % shape.height(), shape.outputHeight(), shape);
      }
    }
    return windows * (shape.depthwise() ? 1 : shape.outputs());
  }

  /** How many windows along an axis lie over a place. */
  private static int reached(int place, int outputs, ConvolutionShape shape) {
    int last = Math.min(outputs - 1, (place + shape.padding()) / shape.stride());
    int before = place + shape.padding() - shape.window();
    int first = before < 0 ? 0 : before / shape.stride() + 1;
    return Math.max(0, last - first + 1);
  }

  private void matmul(MatmulShape shape, Tensor a, Tensor b, Tensor c) {
    String block = layer.replaceFirst("\\.[^.]*$", "");
    String name = block + (b.type() == DataType.BIT ? ".ktv" : ".q_ktv");
    counts.addAdditions(name, SpikeProducts.matmul(name, shape, a, b, c));
  }
}
