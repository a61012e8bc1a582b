package io.spikeformer.model.chip;

import io.spikeformer.common.UserException;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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
  // of the integers of the last layer of neurons
  private float unit = 1;

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
        Optional<Read> read = read((Tensor) arguments[1], (Tensor) arguments[2]);
        if (read.isPresent()) {
          try (Read x = read.get()) {
            convolution(
                (ConvolutionShape) arguments[0],
                x,
                (Tensor) arguments[2],
                (Tensor) arguments[3],
                (Tensor) arguments[4]);
          }
          return null;
        }
      }
      // in evaluation, a transposed convolution
      case "convolutionBackwardData" -> {
        Optional<Read> read = read((Tensor) arguments[1], (Tensor) arguments[2]);
        if (read.isPresent()) {
          try (Read x = read.get()) {
            transposed(
                (ConvolutionShape) arguments[0], x, (Tensor) arguments[2], (Tensor) arguments[3]);
          }
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
      default -> {
        // as it is
      }
    }
    try {
      Object result = method.invoke(base, arguments);
      if (method.getName().equals("fire")) {
        unit = ((Neuron) arguments[2]).integers().unit();
        add((Tensor) arguments[4]);
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /**
   * Integers that a product reads.
   *
   * @param given as neurons handed them on
   * @param planes the same in planes of bits
   */
  private record Read(Tensor given, Tensor planes) implements AutoCloseable {
    @Override
    public void close() {
      if (planes != given) {
        planes.close();
      }
    }
  }

  /** Notes the layer of a product; the first one alone may read real numbers, which give none. */
  private Optional<Read> read(Tensor x, Tensor weights) {
    layer = names.getOrDefault(weights.address(), "a layer");
    if (fired.layers().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Read(x, planes(x)));
  }

  private Tensor planes(Tensor x) {
    if (x.type() == DataType.BIT) {
      return x;
    }
    return PaddedIntegers.planes(x, fired.levels(), unit)
        .orElseThrow(
            () ->
                new UserException(
                    "expand: layer %s: expected one that reads spikes, found one that multiplies"
                        + " real numbers; leave --expand out",
                    layer));
  }

  private void add(Tensor spikes) {
    try (Read read = new Read(spikes, planes(spikes))) {
      fired
          .layers()
          .add(new FiredIntegers.Layer(SpikeProducts.planes(read.planes()), spikes.elements()));
    }
  }

  /** What the last layer of neurons handed on, as it is or as maxima, without its unit. */
  byte[] integers(Tensor spikes) {
    return spikes.type() == DataType.BIT
        ? SpikeProducts.integers(spikes)
        : PaddedIntegers.integers(spikes, unit);
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

  private void convolution(ConvolutionShape shape, Read x, Tensor weights, Tensor bias, Tensor y) {
    if (arithmetic == ChipArithmetic.EXACT) {
      ExactWeights whole =
          exact.computeIfAbsent(
              weights.address(), address -> ExactWeights.of(shape, weights, fired.levels()));
      count(layer, new SpikeConvolution(base, shape, whole).run(x.planes(), bias, y, form));
    } else if (form == Form.INTEGERS) {
      base.convolution(shape, x.given(), weights, bias, y);
    } else {
      slots(shape, x, weights, bias, y);
    }
  }

  private void transposed(ConvolutionShape shape, Read x, Tensor weights, Tensor y) {
    if (arithmetic == ChipArithmetic.FLOAT32 && form == Form.INTEGERS) {
      base.convolutionBackwardData(shape, x.given(), weights, y);
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
  private void slots(ConvolutionShape shape, Read x, Tensor weights, Tensor bias, Tensor y) {
    byte[] integers = SpikeProducts.integers(x.planes());
    try (Tensor sum = Tensor.allocate(DataType.FLOAT32, y.shape());
        Tensor product = Tensor.allocate(DataType.FLOAT32, y.shape())) {
      for (int slot = 0; slot < fired.levels(); slot++) {
        try (Tensor spikes = spikes(x, slot)) {
          base.convolution(shape, spikes, weights, slot == 0 ? bias : null, product);
        }
        count(layer, additions(shape, integers, x.planes().channels(), slot));
        if (slot == 0) {
          sum.copyFrom(product);
        } else {
          base.add(sum, product, sum);
        }
      }
      base.affine(Drive.of(sum), y);
    }
  }

  /** The spikes of a slot. */
  private static Tensor spikes(Read x, int slot) {
    Tensor given = x.given();
    if (x.planes() != given) {
      return PaddedIntegers.slot(given, slot, x.planes().unit());
    }
    Tensor spikes = Tensor.allocateIntegers(1, given.unit(), given.shape());
    ByteBuffer planes = given.bytes(0, given.elements());
    ByteBuffer bits = spikes.bytes(0, given.elements());
    for (int i = 0; i < bits.limit(); i++) {
      bits.put(i, planes.get(i * given.planes() + slot));
    }
    return spikes;
  }

  /**
   * Additions of the spikes of a slot: outputs for every window that a spike lies under.
   *
   * @param channels integers of a pixel
   */
  private static long additions(ConvolutionShape shape, byte[] integers, int channels, int slot) {
    long windows = 0;
    for (int i = 0; i < integers.length; i++) {
      if (integers[i] > slot) {
        int pixel = i / channels;
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
    if (a.type() != DataType.BIT) {
      throw new UserException(
          "expand: attention behind layer %s: expected a multiple of %s channels, found %s; expand"
              + " models of other widths",
          layer, DataType.PER_BYTE, a.channels());
    }
    String block = layer.replaceFirst("\\.[^.]*$", "");
    String name = block + (b.type() == DataType.BIT ? ".ktv" : ".q_ktv");
    counts.addAdditions(name, SpikeProducts.matmul(name, shape, a, b, c));
  }
}
