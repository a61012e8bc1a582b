package io.spikeformer.model.chip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.Images;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Structure;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks of integers beside their runs on binary spikes, and runs that are wrong. */
class ExpandedModelTest {
  private static final int SIDE = 32;
  static final int BATCH = 2;

  /** What a chip might do wrong. */
  private enum Fault {
    NONE,
    BIAS_IN_EVERY_SLOT,
    SLOTS_OF_THE_SAME_NUMBER_ALONE,
    IMAGE_IN_EVERY_SLOT
  }

  static MetaSpikeFormerConfig config(int levels, int timesteps, boolean normalise) {
    IntegerFiring base = IntegerFiring.of(levels);
    IntegerFiring integers =
        new IntegerFiring(levels, base.rounding(), base.window(), normalise, normalise ? 8 : 0.125);
    NeuronConfig neuron = NeuronConfig.integer(levels);
    return MetaSpikeFormerConfig.builder("small")
        .widths(16, 16, 32, 32)
        .depths(1, 1)
        .stem(3, 1)
        .heads(4)
        .classes(10)
        .timesteps(timesteps)
        .neuron(
            new NeuronConfig(
                neuron.tau(), 1, 1, neuron.surrogate(), neuron.alpha(), true, integers))
        .build();
  }

  /** A state in which integers of every size fire. */
  static float[] state(MetaSpikeFormerConfig config) {
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 5)) {
      float[] state = model.state().toArray();
      Random random = new Random(6);
      float levels = config.neuron().integers().levels();
      for (Entry entry : model.layout().entries()) {
        for (int i = 0; i < entry.length(); i++) {
          int at = (int) entry.offset() + i;
          if (entry.kind() == Kind.NORMALISATION) {
            boolean shift = entry.name().endsWith(".bias");
            state[at] = (shift ? 0.3f : 0.5f) * levels * (0.5f + random.nextFloat());
          } else if (entry.kind() == Kind.STATISTIC) {
            state[at] = 0.2f + 0.4f * random.nextFloat();
          }
        }
      }
      return state;
    }
  }

  static Images images(MetaSpikeFormerConfig config) {
    Random random = new Random(7);
    float[] pixels = new float[BATCH * SIDE * SIDE * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return Images.of(pixels, BATCH, SIDE, SIDE, config.channels());
  }

  @ParameterizedTest
  @CsvSource({"4, 1, true", "4, 2, false", "8, 1, true", "3, 1, true", "2, 2, true"})
  void theExactRunOnSpikesFiresTheSameIntegers(int levels, int timesteps, boolean normalise) {
    MetaSpikeFormerConfig config = config(levels, timesteps, normalise);
    for (String choice : List.of("reference", "auto")) {
      try (Kernels kernels = KernelProvider.create(choice, 2);
          ExpandedModel expanded =
              new ExpandedModel(config, state(config), kernels, ChipArithmetic.EXACT)) {
        expanded.infer(images(config));
        expanded.infer(images(config));
        ExpansionCounts counts = expanded.counts();
        assertThat(counts.differingIntegers()).isZero();
        assertThat(counts.differingAnswers()).isZero();
        assertThat(counts.images()).isEqualTo(2L * BATCH);
        assertThat(counts.integers()).isGreaterThan(100_000L * timesteps);
      }
    }
  }

  /**
   * Depthwise convolutions of an E-SpikeFormer read spikes as they are, here also of 12 channels,
   * which do not fill whole bytes; its values are wider. A training in bfloat16 changes nothing.
   */
  @ParameterizedTest
  @CsvSource({"4, 1, EXACT", "8, 2, EXACT", "4, 2, FLOAT32"})
  void anESpikeFormerOnSpikesFiresTheSameIntegers(
      int levels, int timesteps, ChipArithmetic arithmetic) {
    MetaSpikeFormerConfig config =
        config(levels, timesteps, false).toBuilder()
            .structure(Structure.E_SPIKEFORMER)
            .widths(24, 16, 32, 32)
            .precision(Precision.BFLOAT16)
            .build();
    try (Kernels kernels = KernelProvider.create("auto", 2);
        ExpandedModel expanded = new ExpandedModel(config, state(config), kernels, arithmetic)) {
      expanded.infer(images(config));
      ExpansionCounts counts = expanded.counts();
      assertThat(counts.differingIntegers())
          .isLessThanOrEqualTo(arithmetic == ChipArithmetic.EXACT ? 0 : counts.integers() / 10_000);
      assertThat(counts.differingAnswers()).isZero();
      assertThat(counts.additions())
          .containsKeys(
              "stage1.conv_block1.depthwise",
              "stage3.block1.depthwise",
              "stage3.block1.v",
              "stage3.block1.q_ktv",
              "stage4.block1.proj")
          .allSatisfy((layer, additions) -> assertThat(additions).as(layer).isPositive());
    }
  }

  @Test
  void bothArithmeticsAreCloseToTheModelAndPerformTheAdditionsOfItsSpikes() {
    MetaSpikeFormerConfig config = config(4, 1, true);
    float[] state = state(config);
    try (Kernels kernels = KernelProvider.create("auto", 2);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 0)) {
      model.state().put(state);
      FiringCounts firing = new FiringCounts(1);
      model.collect(firing);
      float[] logits = ClassLogits.mean(model.infer(images(config)));
      for (ChipArithmetic arithmetic : ChipArithmetic.values()) {
        try (ExpandedModel expanded = new ExpandedModel(config, state, kernels, arithmetic)) {
          float[] found = ClassLogits.mean(expanded.infer(images(config)));
          assertThat(distance(found, logits)).isLessThan(0.1 * distance(logits, new float[20]));
          ExpansionCounts counts = expanded.counts();
          assertThat(counts.differingIntegers()).isLessThan(counts.integers() / 10_000);
          assertThat(counts.additions())
              .containsKeys(
                  "stage1.conv_block1.pointwise1",
                  "stage1.conv_block1.depthwise_pointwise2",
                  "stage1.downsample2.conv",
                  "stage3.block1.q",
                  "stage3.block1.ktv",
                  "stage3.block1.q_ktv",
                  "stage3.block1.proj",
                  "stage4.block1.linear2",
                  "head.linear");
          long spikes = firing.spikes("stage1.conv_block1.pointwise1", 0);
          long additions = counts.additions().get("stage1.conv_block1.pointwise1");
          assertThat(additions / 16.0).isBetween(0.999 * spikes, 1.001 * spikes);
          assertThat(counts.allAdditions())
              .isEqualTo(counts.additions().values().stream().mapToLong(n -> n).sum());
        }
      }
    }
  }

  @Test
  void slotsHaveASpikeWhereTheIntegerIsLargeEnough() {
    ExpansionCounts counts = new ExpansionCounts();
    counts.addSlots("a", 4, new byte[] {0, 1, 4, 2, 2, 0});
    counts.addSlots("b", 4, new byte[] {0, 0});
    ExpansionCounts others = new ExpansionCounts();
    others.addSlots("a", 4, new byte[] {3, 4});
    counts.merge(others);
    counts.merge(new ExpansionCounts());
    assertThat(counts.layers()).containsExactly("a", "b");
    assertThat(counts.neurons("a")).isEqualTo(8);
    assertThat(counts.spikes("a")).containsExactly(6L, 5L, 3L, 2L);
    assertThat(counts.neurons("b")).isEqualTo(2);
    assertThat(counts.spikes("b")).containsExactly(0L, 0L, 0L, 0L);
  }

  @ParameterizedTest
  @CsvSource({"4, 1, false", "3, 2, false", "8, 2, true"})
  void spikesOfAllSlotsAreTheIntegersOfEveryLayer(int levels, int timesteps, boolean eSpikeFormer) {
    MetaSpikeFormerConfig config =
        config(levels, timesteps, true).toBuilder()
            .structure(eSpikeFormer ? Structure.E_SPIKEFORMER : Structure.PAPER)
            .build();
    FiringCounts firing = new FiringCounts(timesteps);
    try (Kernels kernels = KernelProvider.create("auto", 2);
        ExpandedModel expanded =
            new ExpandedModel(config, state(config), kernels, ChipArithmetic.EXACT)) {
      expanded.collect(firing);
      expanded.infer(images(config));
      expanded.infer(images(config));
      ExpansionCounts counts = expanded.counts();
      assertThat(counts.layers()).containsExactlyElementsOf(firing.layers());
      assertThat(counts.layers().stream().mapToLong(counts::neurons).sum())
          .isEqualTo(counts.integers());
      for (String layer : counts.layers()) {
        List<Long> spikes = counts.spikes(layer);
        assertThat(spikes).as(layer).hasSize(levels).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(spikes.stream().mapToLong(n -> n).sum())
            .as(layer)
            .isEqualTo(firing.overTime().spikes(layer, 0));
        assertThat(counts.neurons(layer)).as(layer).isEqualTo(firing.overTime().neurons(layer, 0));
      }
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.pow(a[i] - b[i], 2);
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void wrongRunsAreCaught(Fault fault) {
    MetaSpikeFormerConfig config = config(4, 1, true);
    try (Kernels kernels = KernelProvider.create("reference", 1)) {
      ExpansionCounts counts = new ExpansionCounts();
      ChipKernels chip = new ChipKernels(kernels, ChipArithmetic.EXACT, counts, 4);
      Faulty faulty = new Faulty(chip.kernels(), fault);
      try (SpikeformerModel model = SpikeformerModel.create(config, faulty.kernels(), 0)) {
        model.state().put(state(config));
        chip.names(model.merge());
        chip.begin(ChipKernels.Form.INTEGERS);
        model.infer(images(config));
        FiredIntegers integers = chip.fired();
        faulty.active = true;
        chip.begin(ChipKernels.Form.SPIKES);
        model.infer(images(config));
        Difference difference = integers.from(chip.fired());
        long differing = difference.differing();
        long all = difference.all();
        if (fault == Fault.NONE) {
          assertThat(differing).isZero();
        } else {
          assertThat(differing).isGreaterThan(all / 1000);
        }
      }
    }
  }

  /** Kernels with a fault in the run on spikes. */
  private static final class Faulty {
    private final Kernels base;
    private final Fault fault;
    private boolean active;

    Faulty(Kernels base, Fault fault) {
      this.base = base;
      this.fault = fault;
    }

    Kernels kernels() {
      return (Kernels)
          Proxy.newProxyInstance(
              Kernels.class.getClassLoader(),
              new Class<?>[] {Kernels.class},
              (proxy, method, arguments) -> {
                try {
                  if (active && method.getName().equals("convolution")) {
                    return convolution(arguments);
                  }
                  if (active
                      && fault == Fault.SLOTS_OF_THE_SAME_NUMBER_ALONE
                      && method.getName().equals("matmul")
                      && ((Tensor) arguments[2]).type() == DataType.BIT) {
                    return sameSlots(
                        (MatmulShape) arguments[0],
                        (Tensor) arguments[1],
                        (Tensor) arguments[2],
                        (Tensor) arguments[3]);
                  }
                  return method.invoke(base, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private Object convolution(Object[] arguments) {
      boolean spikes = ((Tensor) arguments[1]).type() == DataType.BIT;
      Tensor y = (Tensor) arguments[4];
      Tensor bias = (Tensor) arguments[3];
      if (fault == Fault.BIAS_IN_EVERY_SLOT && spikes) {
        bias = multiplied(bias, 4);
      }
      base.convolution(
          (ConvolutionShape) arguments[0], (Tensor) arguments[1], (Tensor) arguments[2], bias, y);
      if (fault == Fault.IMAGE_IN_EVERY_SLOT && !spikes) {
        y.put(multiplied(y, 4).toArray());
      }
      return null;
    }

    private static Tensor multiplied(Tensor tensor, float factor) {
      float[] values = tensor.toArray();
      for (int i = 0; i < values.length; i++) {
        values[i] *= factor;
      }
      return Tensor.of(values, tensor.shape());
    }

    /** The sum over slots of a product of slots: of min(n_k, n_v) in place of n_k n_v. */
    private Object sameSlots(MatmulShape shape, Tensor a, Tensor b, Tensor c) {
      float[] sum = new float[(int) c.elements()];
      for (int slot = 1; slot <= a.planes(); slot++) {
        try (Tensor part = Tensor.allocate(DataType.FLOAT32, c.shape())) {
          base.matmul(shape, slot(a, slot), slot(b, slot), part);
          for (int i = 0; i < sum.length; i++) {
            sum[i] += part.get(i) * a.planes();
          }
        }
      }
      c.put(sum);
      return null;
    }

    private static Tensor slot(Tensor integers, int slot) {
      float[] values = integers.toArray();
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i] >= slot ? 1 : 0;
      }
      Tensor spikes = Tensor.allocateIntegers(1, 1, integers.shape());
      spikes.put(values);
      return spikes;
    }
  }

  @Test
  void modelsThatCannotBeExpandedAreRefused() {
    try (Kernels kernels = KernelProvider.create("reference", 1)) {
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(
              () ->
                  new ExpandedModel(
                      MetaSpikeFormerConfig.preset("tiny"),
                      new float[0],
                      kernels,
                      ChipArithmetic.EXACT))
          .withMessage(
              "expand: expected a model that fires integers, found tiny, whose neurons fire binary"
                  + " spikes already; leave --expand out");
    }
  }

  @Test
  void weightsAreWholeNumbersWhoseSumsFitIntoThirtyTwoBits() {
    ConvolutionShape shape = new ConvolutionShape(1, 7, 7, 2048, 2, 7, 1, 3, false);
    float[] values = new float[(int) shape.weights()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i < values.length / 2 ? 0.5f : (i % 7 - 3) * 1e-3f;
    }
    ExactWeights weights = ExactWeights.of(shape, Tensor.of(values, values.length), 8);
    long sum = 0;
    for (int i = 0; i < weights.values().length; i += weights.stride()) {
      sum += 8L * Math.abs(weights.values()[i]);
    }
    assertThat(sum).isBetween(Integer.MAX_VALUE / 10 * 9L, (long) Integer.MAX_VALUE);
    ConvolutionShape narrow = new ConvolutionShape(1, 3, 3, 8, 2, 1, 1, 0, false);
    float[] few = {1, -2, 0.5f, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    ExactWeights exact = ExactWeights.of(narrow, Tensor.of(few, 16), 4);
    assertThat((int) exact.values()[exact.stride()]).isEqualTo(-Short.MAX_VALUE);
    assertThat(exact.scale()).isEqualTo(2.0 / Short.MAX_VALUE);
  }
}
