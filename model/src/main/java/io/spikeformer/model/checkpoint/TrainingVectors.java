package io.spikeformer.model.checkpoint;

import io.spikeformer.common.Text;
import java.util.List;

/**
 * The vectors that a training needs beside the state to go on.
 *
 * @param moments optimizer moments, each as long as the state; empty for a model that is not to be
 *     trained on, and where the workers of a training do not share them
 * @param outer momentum of the averaged step, as long as the state; empty without one
 * @param rest what integers have left of the averaged steps, as long as the state; empty unless
 *     they travel as integers
 * @param workerMoments where each worker has moments or rests of its own: the CRC-32C of every
 *     worker's file beside the checkpoint, in the workers' order; else empty
 */
public record TrainingVectors(
    List<float[]> moments, float[] outer, float[] rest, List<Long> workerMoments) {
  /** Those of a model that is not to be trained on. */
  public static final TrainingVectors NONE = shared(List.of());

  /** Copies the lists. */
  public TrainingVectors {
    moments = List.copyOf(moments);
    workerMoments = List.copyOf(workerMoments);
  }

  /** Those of a training whose workers share their moments, without outer momentum. */
  public static TrainingVectors shared(List<float[]> moments) {
    return new TrainingVectors(moments, new float[0], new float[0], List.of());
  }

  /** Requires that every vector is as long as the state. */
  void requireLength(int elements) {
    for (float[] moment : moments) {
      if (moment.length != elements) {
        throw new IllegalArgumentException(
            Text.format(
                "checkpoint moments: expected %s elements as in the state, found %s",
                elements, moment.length));
      }
    }
    requireLength("outer momentum", outer, elements);
    requireLength("rest", rest, elements);
  }

  private static void requireLength(String name, float[] vector, int elements) {
    if (vector.length != 0 && vector.length != elements) {
      throw new IllegalArgumentException(
          Text.format(
              "checkpoint %s: expected none or %s elements as in the state, found %s",
              name, elements, vector.length));
    }
  }
}
