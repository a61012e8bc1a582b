package io.spikeformer.benchmarks;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.kernel.fast.FastKernels;
import io.spikeformer.model.kernel.fast.SpikeProducts;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Times products of spikes and integers event by event beside dense ones, by mean integer, in one
 * process and in turn. Where their lines cross is the rate below which events win.
 */
@Command(
    name = "crossovers",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false,
    description = {
      "Times products of the 15M model's layers at 224x224 pixels, dense and event by event at rising mean integers,"
          + " in turn, and prints medians in milliseconds.",
      "The last column is the mean integer at which events take as long as the dense product."
    },
    footerHeading = "%nExample:%n",
    footer = "  benchmarks/kernels.sh crossovers --levels 1,4 3x3 bfloat16")
final class Crossovers implements Runnable {
  private static final int WARM_UP_ROUNDS = 3;

  @Parameters(
      paramLabel = "WORD",
      description = "Measure rows that have all these words in their name (default: everything).",
      showDefaultValue = Help.Visibility.NEVER)
  private List<String> words = List.of();

  @Option(
      names = "--levels",
      paramLabel = "D",
      split = ",",
      description = "Largest integers; 1 is spikes.")
  private List<Integer> levels = List.of(1, 4, 8);

  @Option(
      names = "--rates",
      paramLabel = "R",
      split = ",",
      description = "Mean integers, rising, each below all of --levels.")
  private List<Double> rates = List.of(0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8);

  @Option(names = "--rounds", paramLabel = "N", description = "Timed calls of each form.")
  private int rounds = 9;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a call (default: all cores).",
      showDefaultValue = Help.Visibility.NEVER)
  private int threads = Runtime.getRuntime().availableProcessors();

  @Spec private CommandSpec spec;

  /** Two passes read spikes: forward and the gradient of the weights. */
  private enum Pass {
    FORWARD,
    WEIGHTS;

    boolean hasEvents(ConvolutionShape shape) {
      return this == FORWARD || shape.stride() == 1;
    }

    void run(Kernels kernels, Layer layer, DataType type, Tensor x) {
      if (this == FORWARD) {
        kernels.convolution(layer.shape, x, layer.weights, null, layer.outputs(type));
      } else {
        kernels.convolutionBackwardWeights(
            layer.shape, x, layer.outputs(type), layer.weights, null);
      }
    }
  }

  /**
   * The operands of a layer beside its inputs.
   *
   * @param weights float32, of both passes
   */
  private record Layer(ConvolutionShape shape, Tensor weights, Tensor wide, Tensor half) {
    static Layer of(ConvolutionShape shape, Operands operands) {
      long[] output = ConvolutionSubjects.output(shape);
      return new Layer(
          shape,
          operands.normal(DataType.FLOAT32, ConvolutionSubjects.weights(shape)),
          operands.normal(DataType.FLOAT32, output),
          operands.normal(DataType.BFLOAT16, output));
    }

    Tensor outputs(DataType type) {
      return type == DataType.FLOAT32 ? wide : half;
    }
  }

  @Override
  public void run() {
    requireOptions();
    PrintWriter out = spec.commandLine().getOut();
    StringBuilder head = new StringBuilder(line("", "dense"));
    rates.forEach(rate -> head.append(cell(Double.toString(rate))));
    out.println(head.append(cell("equal")));
    try (Kernels dense = new FastKernels(threads, SpikeProducts.DENSE);
        Kernels events = new FastKernels(threads, SpikeProducts.EVENTS)) {
      for (ConvolutionShape shape : ConvolutionSubjects.OF_15M) {
        try (Operands operands = new Operands()) {
          Layer layer = Layer.of(shape, operands);
          for (int most : levels) {
            measure(dense, events, layer, most, out);
          }
        }
      }
    }
  }

  private void requireOptions() {
    boolean rising = !rates.isEmpty() && rates.get(0) > 0;
    for (int i = 1; i < rates.size(); i++) {
      rising &= rates.get(i) > rates.get(i - 1);
    }
    boolean planes = !levels.isEmpty() && levels.stream().allMatch(d -> d >= 1 && d <= 8);
    double last = rising ? rates.get(rates.size() - 1) : 0;
    if (rounds < 1
        || threads < 1
        || !planes
        || !rising
        || !levels.stream().allMatch(d -> last < d)) {
      throw new ParameterException(
          spec.commandLine(),
          Text.format(
              "expected --rounds and --threads above 0, --levels from 1 to 8 and rising --rates"
                  + " between 0 and the levels, found %d, %d, %s and %s",
              rounds, threads, levels, rates));
    }
  }

  /** The rows of a layer with integers up to a level. */
  private void measure(Kernels dense, Kernels events, Layer layer, int most, PrintWriter out) {
    try (Operands operands = new Operands()) {
      List<Tensor> inputs = new ArrayList<>();
      for (Pass pass : Pass.values()) {
        for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
          String name = name(pass, layer.shape, type, most);
          if (!pass.hasEvents(layer.shape) || !words.stream().allMatch(name::contains)) {
            continue;
          }
          if (inputs.isEmpty()) {
            long[] form = ConvolutionSubjects.input(layer.shape);
            rates.forEach(rate -> inputs.add(operands.integers(most, rate, form)));
          }
          List<Runnable> calls = new ArrayList<>();
          Tensor middle = inputs.get(inputs.size() / 2);
          calls.add(() -> pass.run(dense, layer, type, middle));
          inputs.forEach(x -> calls.add(() -> pass.run(events, layer, type, x)));
          out.println(row(name, inTurn(calls)));
          out.flush();
        }
      }
    }
  }

  /** Median milliseconds of each call. */
  private double[] inTurn(List<Runnable> calls) {
    double[][] times = new double[calls.size()][rounds];
    for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (int i = 0; i < calls.size(); i++) {
        long start = System.nanoTime();
        calls.get(i).run();
        if (round >= 0) {
          times[i][round] = (System.nanoTime() - start) / 1e6;
        }
      }
    }
    return Arrays.stream(times)
        .mapToDouble(
            each -> {
              Arrays.sort(each);
              return each[rounds / 2];
            })
        .toArray();
  }

  private String row(String name, double[] times) {
    StringBuilder row = new StringBuilder(line(name, number(times[0])));
    for (int i = 1; i < times.length; i++) {
      row.append(cell(number(times[i])));
    }
    double[] events = Arrays.copyOfRange(times, 1, times.length);
    return row.append(cell(equal(rates, times[0], events))).toString();
  }

  /**
   * The rate at which events take as long as the dense product, on straight lines between the
   * measured ones; below the first or above the last rate if none does.
   */
  static String equal(List<Double> rates, double dense, double[] events) {
    int above = 0;
    while (above < events.length && events[above] < dense) {
      above++;
    }
    if (above == 0) {
      return "<" + rates.get(0);
    }
    if (above == events.length) {
      return ">" + rates.get(above - 1);
    }
    double from = rates.get(above - 1);
    double share = (dense - events[above - 1]) / (events[above] - events[above - 1]);
    return Text.format("%.2f", from + share * (rates.get(above) - from));
  }

  private static String name(Pass pass, ConvolutionShape shape, DataType type, int levels) {
    return Text.format(
        "%s %s %s D=%d",
        pass.name().toLowerCase(Locale.ROOT),
        ConvolutionSubjects.describe(shape),
        Subjects.label(type),
        levels);
  }

  private static String line(String name, String dense) {
    return Text.format("%-44s", name) + cell(dense);
  }

  private static String cell(String text) {
    return Text.format(" %7s", text);
  }

  private static String number(double value) {
    return Text.format("%.2f", value);
  }
}
