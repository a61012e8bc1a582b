package io.spikeformer.train.recipe;

import io.spikeformer.data.storage.UriCredentials;
import io.spikeformer.model.Distillation;

/**
 * The recipe's teacher.
 *
 * @param teacher URI of a checkpoint, output folder or ONNX file whose model answers for every
 *     training image; {@code column} for the logits in the shards; or null to train without one
 * @param mode hard or soft
 * @param weight of the loss on the teacher's answers, in (0, 1]
 * @param temperature of soft distillation, &gt; 0
 */
public record DistillationSettings(String teacher, String mode, double weight, double temperature) {
  private static final String COLUMN = "column";

  /** Validates the values. */
  public DistillationSettings {
    new Distillation(Distillation.Mode.of(mode), weight, temperature);
    if (teacher != null) {
      UriCredentials.refuse(teacher);
    }
  }

  /** Whether there is a teacher. */
  public boolean active() {
    return teacher != null;
  }

  /** Whether its logits lie in the shards, where {@code teach} has written them. */
  public boolean fromColumn() {
    return COLUMN.equals(teacher);
  }

  /** Whether a model answers during training. */
  public boolean onTheFly() {
    return active() && !fromColumn();
  }

  /** The loss. */
  public Distillation toDistillation() {
    return new Distillation(Distillation.Mode.of(mode), weight, temperature);
  }
}
