package io.spikeformer.model.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Parts without neurons are smooth: finite differences of a weighted sum must find their gradients.
 */
class SmoothPartsTest {
  private static final float DELTA = 0.01f;

  private static final MetaSpikeFormerConfig CONFIG =
      MetaSpikeFormerConfig.builder("smooth")
          .widths(8, 16, 16, 16)
          .stem(3, 2)
          .heads(2)
          .neuron(NeuronConfig.PAPER)
          .build();

  /** Compares the gradients of some parameters with the differences of a loss. */
  private static void assertGradients(
      Bench bench, Parameters parameters, List<String> names, Supplier<Double> loss) {
    float[] start = bench.state().toArray();
    for (Parameter parameter : parameters.all()) {
      if (!names.contains(parameter.name())) {
        continue;
      }
      float[] gradient = parameter.gradient().toArray();
      double scale = Math.sqrt(Bench.dot(gradient, gradient) / gradient.length) + 1e-3;
      for (int i = 0; i < parameter.length(); i += 1 + parameter.length() / 7) {
        float[] values = parameter.value().toArray();
        values[i] += DELTA;
        parameter.value().put(values);
        double above = loss.get();
        bench.state().put(start);
        values[i] -= 2 * DELTA;
        parameter.value().put(values);
        double below = loss.get();
        bench.state().put(start);
        assertThat((double) gradient[i])
            .as("%s[%d]", parameter.name(), i)
            .isCloseTo((above - below) / (2 * DELTA), within(0.02 * scale + 2e-5));
      }
    }
  }

  @Test
  void stemHasTheGradientOfFiniteDifferences() {
    try (Bench bench = new Bench()) {
      Downsampling stem =
          new Downsampling(CONFIG.neuron(), (BlockSpec.Downsampling) CONFIG.blocks().get(0));
      bench.bind(stem.parameters());
      Tensor image = bench.noise(3, 8, 8, 3);
      Pass pass = bench.training(1);
      float[] weights = bench.noise(3 * 4 * 4 * 4);
      Supplier<Double> loss = () -> Bench.dot(stem.forward(pass, image).toArray(), weights);
      assertThat(loss.get()).isFinite();
      float[] start = bench.state().toArray();
      Tensor gradient = bench.noise(3, 4, 4, 4);
      gradient.put(weights);
      assertThat(stem.backward(pass, gradient)).isEmpty();
      bench.state().put(start);
      assertGradients(
          bench, stem.parameters(), List.of("conv.weight", "bn.weight", "bn.bias"), loss);
    }
  }

  @Test
  void repConvHasTheGradientOfFiniteDifferences() {
    try (Bench bench = new Bench()) {
      Parameters parameters = new Parameters();
      RepConv repConv = new RepConv(parameters, "r", 5);
      bench.bind(parameters);
      Tensor s = bench.spikes(0.4, 3, 4, 4, 5);
      Pass pass = bench.training(1);
      float[] weights = bench.noise(3 * 4 * 4 * 5);
      Supplier<Double> loss =
          () -> {
            Drive drive = repConv.forward(pass, s, null);
            Tensor out = pass.membrane(3, 4, 4, 5);
            pass.kernels().affine(drive, out);
            return Bench.dot(out.toArray(), weights);
          };
      float[] start = bench.state().toArray();
      assertThat(loss.get()).isFinite();
      Tensor gradient = bench.noise(3, 4, 4, 5);
      gradient.put(weights);
      repConv.output().sum(pass, gradient);
      repConv.backward(pass, gradient);
      bench.state().put(start);
      // conv1 and bn1 also move the border, through which the model's definition passes no gradient
      assertGradients(
          bench,
          parameters,
          List.of(
              "r.dw.weight",
              "r.conv2.weight",
              "r.bn2.weight",
              "r.bn2.bias",
              "r.bn3.weight",
              "r.bn3.bias"),
          loss);
    }
  }

  /** Statistics that no minibatch had, so that batch statistics would give other gradients. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "auto"})
  void frozenStatisticsHaveTheGradientOfAnAffineMap(String kernels) {
    for (boolean pair : new boolean[] {false, true}) {
      try (Bench bench = new Bench(kernels)) {
        Parameters parameters = new Parameters();
        Normalisation norm =
            pair
                ? new BatchNormPair(parameters, "bn1", "bn2", 4)
                : new BatchNorm(parameters, "bn1", 4);
        bench.bind(parameters);
        for (Parameter parameter : parameters.all()) {
          if (parameter.kind() == ParameterLayout.Kind.STATISTIC) {
            parameter.value().put(new float[] {0.5f, 2, 1.5f, 0.25f});
          }
        }
        float[] start = bench.state().toArray();
        Pass pass = bench.frozen(2);
        Tensor y = bench.noise(2, 3, 3, 4);
        float[] weights = bench.noise(2 * 3 * 3 * 4);
        Supplier<Double> loss =
            () -> {
              Tensor out = pass.membrane(y.shape());
              pass.kernels().affine(norm.normalise(pass, y), out);
              double sum = Bench.dot(out.toArray(), weights);
              pass.give(out);
              return sum;
            };
        double before = loss.get();
        Tensor dx = bench.noise(2, 3, 3, 4);
        dx.put(weights);
        norm.sum(pass, dx);
        float[] dy = norm.backward(pass, dx).toArray();
        assertThat(bench.state().toArray()).isEqualTo(start);
        List<String> names = parameters.all().stream().map(Parameter::name).toList();
        assertGradients(
            bench,
            parameters,
            names.stream().filter(name -> !name.contains("running")).toList(),
            loss);
        float[] values = y.toArray();
        for (int i = 0; i < values.length; i += 5) {
          float[] moved = values.clone();
          moved[i] += 1;
          y.put(moved);
          assertThat(loss.get() - before).isCloseTo(dy[i], within(1e-4));
          y.put(values);
        }
      }
    }
  }

  @Test
  void theBorderOfRepConvIsWhatBatchNormMakesOfAZeroPixel() {
    try (Bench bench = new Bench()) {
      Parameters parameters = new Parameters();
      BatchNorm norm = new BatchNorm(parameters, "bn", 3);
      bench.bind(parameters);
      float[] border = new float[3];
      norm.runningCoefficients(new float[3], border);
      float[] betas = norm.betas();
      // running mean 0 and variance 1 before any training: beta - 0
      assertThat(border).containsExactly(betas, within(1e-6f));
    }
  }

  @Test
  void aPairOfBatchNormsIsTheOneAfterTheOther() {
    try (Bench bench = new Bench()) {
      Parameters pairParameters = new Parameters();
      BatchNormPair pair = new BatchNormPair(pairParameters, "bn2", "bn3", 4);
      bench.bind(pairParameters);
      float[] state = bench.state().toArray();
      Tensor y = bench.noise(6, 3, 3, 4);
      Pass pass = bench.training(1);
      Tensor together = pass.membrane(y.shape());
      pass.kernels().affine(pair.normalise(pass, y), together);
      float[] statistics = bench.state().toArray();

      Parameters parameters = new Parameters();
      BatchNorm first = new BatchNorm(parameters, "bn2", 4);
      BatchNorm second = new BatchNorm(parameters, "bn3", 4);
      bench.bind(parameters);
      bench.state().put(state);
      Tensor middle = pass.membrane(y.shape());
      pass.kernels().affine(first.normalise(pass, y), middle);
      Tensor last = pass.membrane(y.shape());
      pass.kernels().affine(second.normalise(pass, middle), last);

      assertThat(together.toArray()).containsExactly(last.toArray(), within(1e-4f));
      assertThat(statistics).containsExactly(bench.state().toArray(), within(1e-5f));
    }
  }

  @Test
  void aWorkspaceLendsTheSameMemoryAgainAndRefusesStrangers() {
    try (Workspace workspace = new Workspace()) {
      Tensor tensor = workspace.take(DataType.FLOAT32, 3, 5);
      long address = tensor.address();
      workspace.give(tensor);
      assertThat(workspace.take(DataType.FLOAT32, 5, 3).address()).isEqualTo(address);
      assertThat(workspace.bytes()).isBetween(60L, 400L);
      assertThatThrownBy(() -> workspace.give(tensor)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aWorkspaceGivesBackWhatIsNotLent() {
    try (Workspace workspace = new Workspace()) {
      Tensor lent = workspace.take(DataType.FLOAT32, 10);
      // more than the first reservation holds
      workspace.give(workspace.take(DataType.FLOAT32, 1L << 28));
      lent.put(new float[] {7});
      workspace.trim();
      assertThat(workspace.bytes()).isBetween(40L, 400L);
      assertThat(lent.get(0)).isEqualTo(7);
      workspace.give(lent);
      workspace.trim();
      assertThat(workspace.bytes()).isZero();
      workspace.give(workspace.take(DataType.FLOAT32, 10));
    }
  }

  @Test
  void gapsInAWorkspaceGrowTogetherAndNoTwoBuffersOverlap() {
    try (Workspace workspace = new Workspace()) {
      Random random = new Random(4);
      List<Tensor> taken = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        if (taken.isEmpty() || random.nextInt(5) < 3 && taken.size() < 50) {
          Tensor tensor = workspace.take(DataType.FLOAT32, 1 + random.nextInt(100_000));
          for (Tensor other : taken) {
            boolean apart =
                tensor.address() + tensor.byteSize() <= other.address()
                    || other.address() + other.byteSize() <= tensor.address();
            assertThat(apart).isTrue();
          }
          assertThat(tensor.address() % 64).isZero();
          taken.add(tensor);
        } else {
          workspace.give(taken.remove(random.nextInt(taken.size())));
        }
      }
      taken.forEach(workspace::give);
      long used = workspace.bytes();
      // what was scattered is whole again
      workspace.give(workspace.take(DataType.FLOAT32, used / 8));
      assertThat(workspace.bytes()).isEqualTo(used);
      assertThat(workspace.inUse()).isZero();
    }
  }
}
