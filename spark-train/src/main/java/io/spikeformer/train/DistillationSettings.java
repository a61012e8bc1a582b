package io.spikeformer.train;

import io.spikeformer.data.UriCredentials;
import io.spikeformer.model.Distillation;

/**
 * The recipe's teacher.
 *
 * @param teacher URI of a checkpoint or output folder whose model answers for every training image,
 *     or null to train without one
 * @param mode hard or soft
 * @param weight of the loss on the teacher's answers, in (0, 1]
 * @param temperature of soft distillation, &gt; 0
 */
public record DistillationSettings(String teacher, String mode, double weight, double temperature) {
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

  /** The loss. */
  public Distillation toDistillation() {
    return new Distillation(Distillation.Mode.of(mode), weight, temperature);
  }
}
