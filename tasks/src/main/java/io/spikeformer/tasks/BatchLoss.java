package io.spikeformer.tasks;

import io.spikeformer.model.Outputs;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.kernel.Kernels;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The loss that a training step minimises over one batch, with what is counted of the batch. */
@FunctionalInterface
public interface BatchLoss {
  /**
   * The loss of a pass.
   *
   * @param outputs of the pass; their gradients receive d(mean loss)/d(output)
   * @param kernels for work on the outputs
   */
  Judgement of(Outputs outputs, Kernels kernels);

  /** Chooses the regions of the same pass, before the loss; empty for networks without regions. */
  default Optional<RegionChooser> regions() {
    return Optional.empty();
  }

  /**
   * The loss and the counts of a batch.
   *
   * @param loss mean over the batch
   * @param hits counted for {@link Task#trainingFigure}
   * @param parts the losses that it is the sum of, by name; none if it is one
   */
  record Judgement(double loss, Hits hits, Map<String, Double> parts) {
    /** Copies the parts. */
    public Judgement {
      parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }

    /** A loss without parts. */
    public Judgement(double loss, Hits hits) {
      this(loss, hits, Map.of());
    }
  }
}
