package io.spikeformer.tasks;

import io.spikeformer.model.Distillation;
import java.util.Objects;
import java.util.Optional;

/**
 * The teacher's answers that a batch learns, if there is a teacher.
 *
 * @param distillation how its answers are learnt
 * @param answers of the teacher to the batch: for classification logits [B * classes]; null without
 *     a teacher
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Teaching(Distillation distillation, float[] answers) {
  /** Checks that it is said how to learn. */
  public Teaching {
    Objects.requireNonNull(distillation, "distillation");
  }

  /** The answers; empty without a teacher. */
  public Optional<float[]> taught() {
    return Optional.ofNullable(answers);
  }
}
