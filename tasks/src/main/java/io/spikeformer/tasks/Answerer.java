package io.spikeformer.tasks;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.box.RegionChooser;

/** A model that answers batches. What it gave before is lost with each answer. */
public interface Answerer {
  /** The answer of a network that chooses no regions. */
  Outputs of(Batch batch);

  /**
   * The answer of a network with heads that read regions.
   *
   * @param chooser chooses the regions in the middle of the pass
   */
  Outputs of(Batch batch, RegionChooser chooser);
}
