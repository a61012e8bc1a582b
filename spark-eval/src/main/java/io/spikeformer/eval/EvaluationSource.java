package io.spikeformer.eval;

import io.spikeformer.model.checkpoint.Arithmetic;
import java.util.List;

/**
 * The model and the data of an evaluation.
 *
 * @param model where the weights came from: a URI or a few words
 * @param data where the samples came from: the URI of the shards
 * @param checksum of the samples, equal for equal ones; empty in results from before it was noted
 * @param available samples of the split, of which all were evaluated unless a limit was set
 * @param height height of the images that the model saw, in pixels
 * @param width width of the images that the model saw, in pixels
 * @param arithmetic the arithmetic of the tasks: one entry, or one for each kind of executor; empty
 *     in results from before it was noted
 */
public record EvaluationSource(
    String model,
    String data,
    String checksum,
    long available,
    int height,
    int width,
    List<Arithmetic> arithmetic) {
  /** Takes a copy of the list. */
  public EvaluationSource {
    arithmetic = List.copyOf(arithmetic);
  }

  /** Whether both are on the same data: by the checksums, or by the names where one is unknown. */
  boolean sameData(EvaluationSource other) {
    boolean known = !checksum.isEmpty() && !other.checksum.isEmpty();
    return known ? checksum.equals(other.checksum) : data.equals(other.data);
  }
}
