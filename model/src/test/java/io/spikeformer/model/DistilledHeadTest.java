package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.model.cost.ModelSummary;
import io.spikeformer.model.kernel.Kernels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistilledHeadTest {
  private static final int CLASSES = 5;
  private static final MetaSpikeFormerConfig PLAIN =
      MetaSpikeFormerConfig.builder("small")
          .widths(8, 16, 16, 16)
          .depths(1, 1)
          .stem(3, 1)
          .heads(2)
          .classes(CLASSES)
          .timesteps(2)
          .neuron(NeuronConfig.PAPER)
          .build();
  private static final MetaSpikeFormerConfig DISTILLED =
      PLAIN.toBuilder().head(ClassifierHead.DISTILLED).build();
  private static final int[] LABELS = {4, 2, 0};
  private static final int[] TEACHER = {1, 2, 3};

  private final Kernels kernels = KernelProvider.create("reference", 1);

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  /** A model whose neurons fire in evaluation too. */
  private static SpikeformerModel lively(MetaSpikeFormerConfig config, Kernels kernels) {
    SpikeformerModel model = SpikeformerModel.create(config, kernels, 3);
    for (Entry entry : model.layout().entries()) {
      if (entry.name().endsWith(".bias")) {
        Random random = new Random(entry.offset());
        float[] values = new float[(int) entry.length()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (0.3 + 0.3 * random.nextGaussian());
        }
        model.state().slice(entry.offset(), entry.length()).put(values);
      }
    }
    return model;
  }

  private static Images batch() {
    Random random = new Random(7);
    float[] values = new float[LABELS.length * 16 * 16 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Images.of(values, LABELS.length, 16, 16, 3);
  }

  /** Labels for the first layer, a teacher's answers with another weight for the second. */
  private static double distillation(Outputs outputs) {
    float[] first = outputs.value("logits").toArray();
    float[] second = outputs.value("distillation").toArray();
    float[] byLabels = new float[first.length];
    float[] byTeacher = new float[first.length];
    double loss = distillation(List.of(first, second), List.of(byLabels, byTeacher));
    outputs.gradient("logits").put(byLabels);
    outputs.gradient("distillation").put(byTeacher);
    return loss;
  }

  private static double distillation(List<float[]> logits, List<float[]> gradients) {
    float[] byTeacher = gradients.get(1);
    double labels = new CrossEntropy(0.1).loss(logits.get(0), LABELS, CLASSES, gradients.get(0));
    double teacher = new CrossEntropy(0).loss(logits.get(1), TEACHER, CLASSES, byTeacher);
    for (int i = 0; i < byTeacher.length; i++) {
      byTeacher[i] *= 3;
    }
    return labels + 3 * teacher;
  }

  /**
   * The plain model's state is the beginning of the distilled one's, whose second layer differs.
   */
  private static void share(SpikeformerModel plain, SpikeformerModel distilled, Entry second) {
    distilled.state().slice(0, plain.layout().length()).put(plain.state().toArray());
    Entry first = plain.layout().entry("head/linear.weight");
    assertThat(distilled.layout().entry("head/linear.weight")).isEqualTo(first);
    assertThat(second.offset()).isEqualTo(plain.layout().length());
  }

  @ParameterizedTest
  @CsvSource({"reference", "auto"})
  void evaluationAveragesTheLogitsOfBothLayers(String choice) {
    try (Kernels own = KernelProvider.create(choice, 2);
        SpikeformerModel plain = lively(PLAIN, own);
        SpikeformerModel distilled = lively(DISTILLED, own)) {
      Entry weight = distilled.layout().entry("head/distillation.weight");
      share(plain, distilled, weight);
      float[] first = ClassLogits.mean(plain.infer(batch()));
      Entry own0 = plain.layout().entry("head/linear.weight");
      plain
          .state()
          .slice(own0.offset(), own0.length() + CLASSES)
          .put(distilled.state().slice(weight.offset(), weight.length() + CLASSES).toArray());
      float[] second = ClassLogits.mean(plain.infer(batch()));
      assertThat(second).isNotEqualTo(first);
      float[] expected = new float[first.length];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = (first[i] + second[i]) / 2;
      }
      Outputs answers = distilled.infer(batch());
      assertThat(ClassLogits.mean(answers)).containsExactly(expected, within(1e-6f));
      float[] steps = ClassLogits.timesteps(answers);
      for (int i = 0; i < expected.length; i++) {
        assertThat((steps[i] + steps[expected.length + i]) / 2)
            .isCloseTo(expected[i], within(1e-6f));
      }
      distilled.freeze();
      assertThat(ClassLogits.mean(distilled.infer(batch())))
          .containsExactly(expected, within(1e-5f));
    }
  }

  /** The loss is smooth in both linear layers, so finite differences must find their gradients. */
  @Test
  void gradientsOfBothLayersAreThoseOfFiniteDifferences() {
    try (SpikeformerModel model = lively(DISTILLED, kernels)) {
      float[] state = model.state().toArray();
      model.step(batch(), DistilledHeadTest::distillation);
      float[] gradient = model.gradient().toArray();
      model.state().put(state);
      for (String layer : new String[] {"linear", "distillation"}) {
        for (String tensor : new String[] {".weight", ".bias"}) {
          Entry entry = model.layout().entry("head/" + layer + tensor);
          for (int i = 0; i < entry.length(); i += 3) {
            int at = (int) entry.offset() + i;
            double expected = (lossAt(model, at, 0.01f) - lossAt(model, at, -0.01f)) / 0.02;
            assertThat((double) gradient[at])
                .as(entry.name() + i)
                .isCloseTo(expected, within(5e-4));
          }
        }
      }
    }
  }

  private static double lossAt(SpikeformerModel model, int index, float delta) {
    float[] state = model.state().toArray();
    float[] moved = state.clone();
    moved[index] += delta;
    model.state().put(moved);
    double loss = model.step(batch(), DistilledHeadTest::distillation);
    model.state().put(state);
    return loss;
  }

  /**
   * The gradient below the head is linear in that of the logits: with the same weights in both
   * layers it is that of a plain head that receives the sum.
   */
  @ParameterizedTest
  @CsvSource({"none", "block"})
  void theGradientsOfBothLayersAddUpBelowTheHead(String recompute) {
    try (SpikeformerModel plain = lively(PLAIN, kernels);
        SpikeformerModel distilled = lively(DISTILLED, kernels)) {
      distilled.recompute(Recompute.of(recompute));
      Entry weight = distilled.layout().entry("head/distillation.weight");
      share(plain, distilled, weight);
      Entry first = plain.layout().entry("head/linear.weight");
      distilled
          .state()
          .slice(weight.offset(), weight.length() + CLASSES)
          .put(plain.state().slice(first.offset(), first.length() + CLASSES).toArray());

      float[][] logits = new float[2][];
      double two =
          distilled.step(
              batch(),
              outputs -> {
                logits[0] = ClassLogits.mean(outputs);
                return distillation(outputs);
              });
      double one =
          plain.step(
              batch(),
              outputs -> {
                float[] only = outputs.value("logits").toArray();
                float[] sum = new float[only.length];
                float[] part = new float[only.length];
                double loss = distillation(List.of(only, only), List.of(sum, part));
                for (int i = 0; i < sum.length; i++) {
                  sum[i] += part[i];
                }
                outputs.gradient("logits").put(sum);
                logits[1] = only;
                return loss;
              });
      assertThat(two).isEqualTo(one);
      assertThat(logits[0]).isEqualTo(logits[1]);
      int below = (int) first.offset();
      assertThat(Arrays.copyOf(distilled.gradient().toArray(), below))
          .containsExactly(Arrays.copyOf(plain.gradient().toArray(), below), within(1e-5f));
    }
  }

  @Test
  void aStepOnLabelsAloneTrainsBothLayersOnThem() {
    try (SpikeformerModel model = lively(DISTILLED, kernels)) {
      CrossEntropy loss = new CrossEntropy(0.1);
      double[] parts = new double[2];
      float[] state = model.state().toArray();
      model.step(
          batch(),
          outputs -> {
            parts[0] = loss.loss(outputs.value("logits").toArray(), LABELS, CLASSES, null);
            parts[1] = loss.loss(outputs.value("distillation").toArray(), LABELS, CLASSES, null);
            return 0;
          });
      model.state().put(state);
      double result = model.step(batch(), loss.on(LABELS));
      assertThat(result).isCloseTo((parts[0] + parts[1]) / 2, within(1e-12));
      assertThat(parts[0]).isNotEqualTo(parts[1]);
      for (String layer : new String[] {"linear", "distillation"}) {
        Entry bias = model.layout().entry("head/" + layer + ".bias");
        assertThat(model.gradient().slice(bias.offset(), bias.length()).toArray())
            .doesNotContain(0f);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"15M, 15473208", "31M, 31814864", "55M, 55991248"})
  void theSecondLayerIsCounted(String preset, long parameters) {
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.preset(preset).toBuilder().head(ClassifierHead.DISTILLED).build();
    assertThat(ModelSummary.of(config, 224, 224).parameters()).isEqualTo(parameters);
    long width = config.widths().get(3);
    for (CountingConvention convention : CountingConvention.values()) {
      assertThat(LayerCosts.of(config, 224, 224).macs(convention))
          .isEqualTo(
              LayerCosts.of(MetaSpikeFormerConfig.preset(preset), 224, 224).macs(convention)
                  + 1000 * width);
    }
  }

  @Test
  void configurationsWrittenBeforeThereWereTwoHeadsHaveOne() throws Exception {
    assertThat(MetaSpikeFormerConfig.fromJson(DISTILLED.toJson())).isEqualTo(DISTILLED);
    String old = PLAIN.toJson().replace(",\"head\":\"PLAIN\"", "");
    assertThat(old).doesNotContain("\"head\"");
    assertThat(MetaSpikeFormerConfig.fromJson(old)).isEqualTo(PLAIN);
    assertThat(roundTrip(DISTILLED)).isEqualTo(DISTILLED);
  }

  private static NetworkConfig roundTrip(NetworkConfig config) throws Exception {
    float[] state = new float[(int) ParameterLayout.of(config).length()];
    Checkpoint checkpoint =
        new Checkpoint(config, TrainingPosition.START, "", "", List.of(), state, List.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CheckpointFormat.write(checkpoint, out);
    byte[] bytes = out.toByteArray();
    return CheckpointFormat.read(new ByteArrayInputStream(bytes), bytes.length, "here").config();
  }

  @Test
  void networksToCompareWithHaveOneLayer() {
    NetworkConfig other = NetworkConfig.preset("SEW-ResNet-50");
    assertThat(other.withHead(ClassifierHead.PLAIN)).isEqualTo(other);
    assertThatThrownBy(() -> other.withHead(ClassifierHead.DISTILLED))
        .hasMessage("model head: expected plain, for a network to compare with, found distilled");
  }

  @Test
  void anotherHeadIsRefused() {
    assertThatThrownBy(() -> ClassifierHead.of("double"))
        .hasMessage("head: expected plain or distilled, found 'double'");
  }
}
