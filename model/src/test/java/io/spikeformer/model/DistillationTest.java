package io.spikeformer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.Text;
import io.spikeformer.model.Distillation.Mode;
import io.spikeformer.model.kernel.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DistillationTest {
  private static final int CLASSES = 4;
  private static final int[] LABELS = {2, 0, 3};
  private static final CrossEntropy SMOOTHED = new CrossEntropy(0.1);

  private final Random random = new Random(3);
  private final float[] first = logits();
  private final float[] second = logits();
  private final float[] teacher = logits();

  private float[] logits() {
    float[] values = new float[LABELS.length * CLASSES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private double loss(Distillation distillation, float[] one, float[] two) {
    return distillation
        .loss(LABELS, CLASSES, SMOOTHED, teacher)
        .loss(outputs(List.of(one, two), List.of(new float[one.length], new float[two.length])));
  }

  private static Outputs outputs(List<float[]> logits, List<float[]> gradients) {
    return new Outputs(tensors(logits), tensors(gradients), Map.of());
  }

  private static Map<String, Tensor> tensors(List<float[]> parts) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      tensors.put(
          List.of("logits", "distillation").get(i),
          Tensor.of(parts.get(i), LABELS.length, CLASSES));
    }
    return tensors;
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void gradientsAreThoseOfFiniteDifferences(Mode mode) {
    Distillation distillation = new Distillation(mode, 0.3, 2);
    Outputs outputs =
        outputs(List.of(first, second), List.of(new float[first.length], new float[second.length]));
    distillation.loss(LABELS, CLASSES, SMOOTHED, teacher).loss(outputs);
    for (int layer = 0; layer < 2; layer++) {
      float[] logits = layer == 0 ? first : second;
      float[] gradient = outputs.gradient(outputs.names().get(layer)).toArray();
      for (int i = 0; i < logits.length; i++) {
        float kept = logits[i];
        logits[i] = kept + 0.01f;
        double above = loss(distillation, first, second);
        logits[i] = kept - 0.01f;
        double below = loss(distillation, first, second);
        logits[i] = kept;
        assertThat((double) gradient[i]).isCloseTo((above - below) / 0.02, within(2e-5));
      }
    }
  }

  @Test
  void hardIsTheCrossEntropyOfTheTeachersFirstClass() {
    float[] sure = new float[LABELS.length * CLASSES];
    int[] answers = {1, 1, 0};
    for (int b = 0; b < answers.length; b++) {
      sure[b * CLASSES + answers[b]] = 5;
    }
    double found =
        new Distillation(Mode.HARD, 0.5, 1)
            .loss(LABELS, CLASSES, SMOOTHED, sure)
            .loss(
                outputs(
                    List.of(first, second),
                    List.of(new float[first.length], new float[second.length])));
    double labels = SMOOTHED.loss(first, LABELS, CLASSES, null);
    double taught = new CrossEntropy(0).loss(second, answers, CLASSES, null);
    assertThat(found).isCloseTo(0.5 * labels + 0.5 * taught, within(1e-9));
  }

  @Test
  void softIsZeroWhereTheLayerAgreesWithTheTeacher() {
    assertThat(loss(new Distillation(Mode.SOFT, 1, 3), first, teacher)).isCloseTo(0, within(1e-9));
    assertThat(loss(new Distillation(Mode.SOFT, 1, 3), first, second)).isGreaterThan(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0   | 1   | distillation weight: expected a number in (0, 1], found 0.0
          1.1 | 1   | distillation weight: expected a number in (0, 1], found 1.1
          0.5 | 0   | distillation temperature: expected a number > 0, found 0.0
          0.5 | NaN | distillation temperature: expected a number > 0, found NaN
          """)
  void impossibleNumbersAreRefused(double weight, double temperature, String message) {
    assertThatThrownBy(() -> new Distillation(Mode.HARD, weight, temperature)).hasMessage(message);
  }

  @Test
  void answersForAnotherBatchAreRefused() {
    Distillation distillation = new Distillation(Mode.HARD, 0.5, 1);
    float[] fewer = new float[teacher.length - CLASSES];
    assertThatThrownBy(() -> distillation.loss(LABELS, CLASSES, SMOOTHED, fewer))
        .hasMessage(
            Text.format(
                "distillation: expected a teacher's logits for %d images and %d classes, found %d"
                    + " values",
                LABELS.length, CLASSES, fewer.length));
  }

  @Test
  void oneLayerIsRefused() {
    TrainingLoss loss =
        new Distillation(Mode.HARD, 0.5, 1).loss(LABELS, CLASSES, SMOOTHED, teacher);
    assertThatThrownBy(() -> loss.loss(outputs(List.of(first), List.of(new float[first.length]))))
        .hasMessage("distillation: expected the logits of two linear layers, found 1");
  }
}
