package io.spikeformer.model;

import io.spikeformer.common.Labels;
import io.spikeformer.common.Text;
import io.spikeformer.model.config.ClassifierHead;
import java.util.Locale;

/**
 * The loss of a head of two linear layers: one learns the labels, the other a teacher's answers
 * (Touvron et al., "Training data-efficient image transformers &amp; distillation through
 * attention").
 *
 * <p>(1 - weight) CE(labels, z) + weight L(teacher, z'), z and z' being the logits of the two
 * layers. Hard: L is the cross-entropy of the teacher's first class, without smoothing. Soft: L is
 * temperature^2 KL(softmax(teacher / temperature) || softmax(z' / temperature)), the mean over the
 * batch; DeiT's program divides by the number of classes as well.
 *
 * @param mode the part of the teacher's answer that is learnt
 * @param weight of the teacher's part, in (0, 1]
 * @param temperature &gt; 0, of soft distillation
 */
public record Distillation(Mode mode, double weight, double temperature) {
  /** The part of the teacher's answer that is learnt. */
  public enum Mode {
    /** Its first class. */
    HARD,
    /** Its probabilities. */
    SOFT;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a mode by its name in recipes.
     *
     * @throws IllegalArgumentException for any other word, naming the accepted ones
     */
    public static Mode of(String name) {
      return Labels.find("distillation mode", values(), Mode::label, name);
    }
  }

  /** Validates the ranges. */
  public Distillation {
    if (!(weight > 0 && weight <= 1)) {
      throw new IllegalArgumentException(
          Text.format("distillation weight: expected a number in (0, 1], found %s", weight));
    }
    if (!(temperature > 0 && Double.isFinite(temperature))) {
      throw new IllegalArgumentException(
          Text.format("distillation temperature: expected a number > 0, found %s", temperature));
    }
  }

  /**
   * The loss of one batch.
   *
   * @param labels [B]
   * @param classes number of classes
   * @param crossEntropy loss on the labels
   * @param teacher [B * classes], the teacher's logits of the same images
   */
  public TrainingLoss loss(int[] labels, int classes, CrossEntropy crossEntropy, float[] teacher) {
    if (teacher.length != labels.length * classes) {
      throw new IllegalArgumentException(
          Text.format(
              "distillation: expected a teacher's logits for %d images and %d classes, found %d"
                  + " values",
              labels.length, classes, teacher.length));
    }
    return outputs -> {
      requireTwoLayers(outputs);
      float[] ofLabels = new float[teacher.length];
      float[] ofTeacher = new float[teacher.length];
      float[] first = outputs.value(ClassifierHead.LOGITS).toArray();
      float[] second = outputs.value(ClassifierHead.DISTILLATION).toArray();
      double hard = crossEntropy.loss(first, labels, classes, ofLabels);
      double taught =
          mode == Mode.HARD
              ? new CrossEntropy(0).loss(second, firstClasses(teacher, classes), classes, ofTeacher)
              : soft(second, teacher, classes, ofTeacher);
      scale(ofLabels, 1 - weight);
      scale(ofTeacher, weight);
      outputs.gradient(ClassifierHead.LOGITS).put(ofLabels);
      outputs.gradient(ClassifierHead.DISTILLATION).put(ofTeacher);
      return (1 - weight) * hard + weight * taught;
    };
  }

  private static void requireTwoLayers(Outputs outputs) {
    if (!outputs.names().equals(ClassifierHead.DISTILLED.outputs())) {
      throw new IllegalArgumentException(
          Text.format(
              "distillation: expected the logits of two linear layers, found %s",
              outputs.names().size()));
    }
  }

  private static int[] firstClasses(float[] teacher, int classes) {
    int[] first = new int[teacher.length / classes];
    for (int b = 0; b < first.length; b++) {
      first[b] = Ranking.best(teacher, b * classes, classes);
    }
    return first;
  }

  private double soft(float[] logits, float[] teacher, int classes, float[] gradient) {
    int batch = logits.length / classes;
    double total = 0;
    for (int row = 0; row < logits.length; row += classes) {
      double[] wanted = logSoftmax(teacher, row, classes);
      double[] found = logSoftmax(logits, row, classes);
      for (int c = 0; c < classes; c++) {
        double p = Math.exp(wanted[c]);
        total += p * (wanted[c] - found[c]);
        gradient[row + c] = (float) (temperature * (Math.exp(found[c]) - p) / batch);
      }
    }
    return temperature * temperature * total / batch;
  }

  /** log softmax(z / temperature) of a row. */
  private double[] logSoftmax(float[] logits, int row, int classes) {
    double[] scaled = new double[classes];
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      scaled[c] = logits[row + c] / temperature;
      max = Math.max(max, scaled[c]);
    }
    double sum = 0;
    for (double value : scaled) {
      sum += Math.exp(value - max);
    }
    double logSum = max + Math.log(sum);
    for (int c = 0; c < classes; c++) {
      scaled[c] -= logSum;
    }
    return scaled;
  }

  private static void scale(float[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) factor;
    }
  }
}
