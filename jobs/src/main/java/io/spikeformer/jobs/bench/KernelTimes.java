package io.spikeformer.jobs.bench;

import io.spikeformer.model.TrainingLoss;
import io.spikeformer.model.box.AnchorAnswers;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Kernels that note how long each kind of work takes. */
final class KernelTimes {
  private static final double GIGA = 1e9;
  private static final int PEAK_RUNS = 6;
  // 256 to 1024 channels in a 3x3 window: large enough for any product to reach its best rate
  private static final ConvolutionShape PEAK =
      new ConvolutionShape(8, 28, 28, 256, 1024, 3, 1, 1, false);

  private final Kernels kernels;
  private final Map<Kind, double[]> work = new EnumMap<>(Kind.class);

  /** Kinds of work in a training step. */
  enum Kind {
    FORWARD("convolutions, forward"),
    BACKWARD_DATA("convolutions, backward data"),
    BACKWARD_WEIGHTS("convolutions, backward weights"),
    DEPTHWISE("depthwise convolutions"),
    ATTENTION("attention products"),
    NEURONS("neurons, forward"),
    NEURONS_BACKWARD("neurons, backward"),
    NORMALISATION("batch normalisation and shortcuts"),
    MOVES("padding, pooling and sums"),
    RESIZING("resizing of maps"),
    PIXEL_LOSS("loss of pixels"),
    ROI_ALIGN("RoIAlign"),
    REGIONS("regions: proposals, suppression, assignment"),
    LOSS("loss, its kernels left out"),
    ANSWER("answer: pasted masks, classes of pixels"),
    OPTIMIZER("optimizer"),
    REST("rest: DL4J, buffers");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }

    private static Kind of(String method, Object[] arguments) {
      if (arguments != null && arguments[0] instanceof ConvolutionShape shape) {
        if (shape.depthwise()) {
          return DEPTHWISE;
        }
        return switch (method) {
          case "convolution" -> FORWARD;
          case "convolutionBackwardData" -> BACKWARD_DATA;
          default -> BACKWARD_WEIGHTS;
        };
      }
      return switch (method) {
        case "matmul" -> ATTENTION;
        case "fire" -> NEURONS;
        case "fireBackward" -> NEURONS_BACKWARD;
        case "moments", "gradientSums", "combine", "affine" -> NORMALISATION;
        case "add",
            "pad",
            "crop",
            "sumTokens",
            "scaleTokens",
            "maxPool",
            "maxPoolBackward",
            "copyChannels" ->
            MOVES;
        case "resample", "sumResampled", "resampleBackward" -> RESIZING;
        case "pixelCrossEntropy" -> PIXEL_LOSS;
        case "roiAlign", "roiAlignBackward" -> ROI_ALIGN;
        default -> REST;
      };
    }
  }

  /**
   * The cost of one kind of work.
   *
   * @param seconds per step
   * @param gigaflop per step, as dense products would need them; 0 where nothing is multiplied
   */
  record Share(Kind kind, double seconds, double gigaflop) {}

  KernelTimes(Kernels kernels) {
    this.kernels = kernels;
    clear();
  }

  /** The same kernels, timed. */
  Kernels timed() {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, this::call);
  }

  private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
    long start = System.nanoTime();
    try {
      return method.invoke(kernels, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      Kind kind = Kind.of(method.getName(), arguments);
      if (kind != Kind.REST) {
        add(kind, (System.nanoTime() - start) / GIGA, gigaflop(arguments));
      }
    }
  }

  private static double gigaflop(Object[] arguments) {
    if (arguments[0] instanceof ConvolutionShape shape) {
      return 2 * shape.macs() / GIGA;
    }
    return arguments[0] instanceof MatmulShape shape ? 2 * shape.macs() / GIGA : 0;
  }

  /** Starts again. */
  void clear() {
    for (Kind kind : Kind.values()) {
      work.put(kind, new double[2]);
    }
  }

  /** Notes work that is no call of a kernel. */
  void add(Kind kind, double seconds, double gigaflop) {
    double[] sum = work.get(kind);
    sum[0] += seconds;
    sum[1] += gigaflop;
  }

  /** Runs work that is no call of a kernel, and notes it without the kernels that it calls. */
  void add(Kind kind, Runnable run) {
    double before = total();
    long start = System.nanoTime();
    run.run();
    double seconds = (System.nanoTime() - start) / GIGA;
    add(kind, Math.max(0, seconds - (total() - before)), 0);
  }

  private double total() {
    return work.values().stream().mapToDouble(sum -> sum[0]).sum();
  }

  /** The same loss, timed. */
  TrainingLoss timed(TrainingLoss loss) {
    return outputs -> {
      double[] value = new double[1];
      add(Kind.LOSS, () -> value[0] = loss.loss(outputs));
      return value[0];
    };
  }

  /** The same choice of regions, timed. */
  RegionChooser timed(RegionChooser chooser) {
    return new RegionChooser() {
      @Override
      public List<Boxes> forBoxes(AnchorAnswers answers) {
        List<Boxes> regions = new ArrayList<>();
        add(Kind.REGIONS, () -> regions.addAll(chooser.forBoxes(answers)));
        return regions;
      }

      @Override
      public List<Boxes> forMasks(Tensor logits, Tensor deltas) {
        List<Boxes> regions = new ArrayList<>();
        add(Kind.REGIONS, () -> regions.addAll(chooser.forMasks(logits, deltas)));
        return regions;
      }
    };
  }

  /** The share of each kind that a step has; the rest is the remainder of its whole time. */
  Map<Kind, Share> shares(int steps, double secondsPerStep) {
    Map<Kind, Share> shares = new EnumMap<>(Kind.class);
    double known = 0;
    for (Kind kind : Kind.values()) {
      double[] sum = work.get(kind);
      double seconds = sum[0] / steps;
      known += seconds;
      if (seconds > 0) {
        shares.put(kind, new Share(kind, seconds, sum[1] / steps));
      }
    }
    shares.put(Kind.REST, new Share(Kind.REST, Math.max(0, secondsPerStep - known), 0));
    return shares;
  }

  /** Rate of a large dense product of numbers of a type on these kernels, in GFLOP/s. */
  double peak(DataType type) {
    try (Tensor x = zeros(type, PEAK.images(), PEAK.height(), PEAK.width(), PEAK.inputs());
        Tensor y = zeros(type, PEAK.images(), PEAK.height(), PEAK.width(), PEAK.outputs());
        Tensor weights = zeros(DataType.FLOAT32, PEAK.weights())) {
      double best = Double.MAX_VALUE;
      for (int i = 0; i < PEAK_RUNS; i++) {
        long start = System.nanoTime();
        kernels.convolution(PEAK, x, weights, null, y);
        best = Math.min(best, System.nanoTime() - start);
      }
      return 2 * PEAK.macs() / best;
    }
  }

  private static Tensor zeros(DataType type, long... shape) {
    Tensor tensor = Tensor.allocate(type, shape);
    tensor.zero();
    return tensor;
  }
}
