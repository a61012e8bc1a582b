package io.spikeformer.eval;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.tasks.Answerer;

/** Answers with a model's own buffers, which hold until its next pass. */
public record ModelAnswerer(SpikeformerModel model) implements Answerer {
  @Override
  public Outputs of(Batch batch) {
    return model.infer(BatchImages.of(batch));
  }

  @Override
  public Outputs of(Batch batch, RegionChooser chooser) {
    model.chooseRegions(chooser);
    return of(batch);
  }
}
